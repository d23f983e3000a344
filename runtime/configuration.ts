import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { IdentityOptions } from '../api/auth/identity.ts';
import { auditKeyOf, type AuditKey } from '../db/audit-seal.ts';
import {
  embeddedSchema,
  environmentSchema,
  PLACEHOLDER_SECRET_KEY,
  SECRET_NAMES,
  type EmbeddedEnvironment,
  type Environment,
} from './environment/variables.ts';

/** Start is refused. The message names every variable that is wrong and how to put it right; it shows no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What can be read without a database: enough for the simulated exchange, and for `start` before it has made one. */
export type Settings = ReturnType<typeof grouped>;

export interface Configuration extends Settings {
  database: { url: string; poolSize: number; maxOverflow: number; echo: boolean; auditKey: AuditKey };
  /** What entries of the audit log may be sealed with: the key of now, then former ones. */
  auditKeys: AuditKey[];
  /** The encryption key seals exchange keys; only who opens them needs it. */
  secrets: { secretKey: string; encryptionKey: string | undefined };
  /** How the API signs people in; with `isForThisRun` its tokens are good until it ends. */
  identity: Pick<IdentityOptions, 'secret' | 'olderSecret' | 'environment'> & { isForThisRun: boolean };
}

/** The project's folder, from the sources and from `dist/` alike. */
export const PROJECT = projectFolder();

/** Reads what a process needs from its environment. Throws `ConfigurationError`. */
export function readConfiguration(variables: Record<string, string | undefined>): Configuration {
  const env = parse(environmentSchema, variables);
  if (!env.DEBUG && env.SECRET_KEY === PLACEHOLDER_SECRET_KEY)
    throw new ConfigurationError(
      'SECRET_KEY is still the placeholder of the template, which DEBUG=False does not allow. ' +
        'Set it to what `openssl rand -hex 32` gives.',
    );
  const auditKeys = [env.SECRET_KEY, ...formerSecrets(env)].map(auditKeyOf);
  return {
    ...grouped(env),
    auditKeys,
    database: {
      url: env.DATABASE_URL,
      poolSize: env.DB_POOL_SIZE,
      maxOverflow: env.DB_MAX_OVERFLOW,
      echo: env.DB_ECHO_LOG,
      auditKey: auditKeys[0]!,
    },
    secrets: { secretKey: env.SECRET_KEY, encryptionKey: env.ENCRYPTION_KEY },
    identity: identitySettings(env),
  };
}

/** The same where neither DATABASE_URL nor SECRET_KEY is needed. */
export function readSettings(variables: Record<string, string | undefined>): Settings {
  return grouped(parse(embeddedSchema, variables));
}

/** Things that are allowed and better known. */
export function warningsOf({ api, identity }: Configuration): string[] {
  const loopback = /^(127\.|::1$|localhost$)/.test(api.host);
  const forThisRun = identity.isForThisRun
    ? ['Tokens are signed with a secret made for this run: the next one signs everybody out. Set JWT_SECRET.']
    : [];
  if (!api.debug || loopback) return forThisRun;
  return [
    ...forThisRun,
    `DEBUG=True and the API listens on ${api.host}: whoever reaches it can command the bots. ` +
      'Let only this machine reach it (HOST=127.0.0.1, or a container port published on 127.0.0.1), ' +
      'or set DEBUG=False and what it asks for.',
  ];
}

/** What children and tools are given: our own environment with what `.env` adds. */
export function environment(): Record<string, string | undefined> {
  const file = join(PROJECT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return { ...process.env };
}

/** Servers a test runner has started for everybody (`runtime/testing/run.ts`); missing where a file runs on its own. */
export function testServers(): { databaseUrl: string | undefined; temporalAddress: string | undefined } {
  return {
    databaseUrl: process.env['TEST_DATABASE_URL'],
    temporalAddress: process.env['TEST_TEMPORAL_ADDRESS'],
  };
}

/** How far the fault test goes: which seeds, and which steps where not all of them. */
export function faultRun(): { seeds: number[]; steps: string[] | null } {
  const list = (name: string) => process.env[name]?.split(',').filter(Boolean) ?? null;
  const seeds = list('FAULT_SEEDS')?.flatMap((range) => {
    const [first = 1, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  return { seeds: seeds ?? [1, 2], steps: list('FAULT_STEPS') };
}

/** Where the Temporal command line is looked for, and kept once downloaded. */
export function binarySearch(): { cliPath: string | undefined; cacheDir: string } {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    cliPath: process.env['TEMPORAL_CLI_PATH'] || undefined,
    cacheDir: process.env['CACHE_DIR'] || join(cache, 'perpetua'),
  };
}

/** Says only names and rules: what was set may be a secret in the wrong place. */
function parse<T>(schema: z.ZodType<T>, variables: Record<string, string | undefined>): T {
  // A variable set to nothing counts as not set.
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${String(path[0])} ${message}`);
  throw new ConfigurationError(`The configuration is not complete:\n${[...new Set(problems)].join('\n')}`);
}

function grouped(env: EmbeddedEnvironment) {
  const dataDir = resolve(PROJECT, env.DATA_DIR);
  return {
    dataDir,
    auditAnchors: resolve(dataDir, env.AUDIT_ANCHOR_FILE),
    api: apiSettings(env),
    temporal: {
      address: env.TEMPORAL_ADDRESS ?? `127.0.0.1:${env.TEMPORAL_PORT}`,
      namespace: env.TEMPORAL_NAMESPACE,
    },
    exchange: {
      host: env.EXCHANGE_HOST,
      port: env.EXCHANGE_PORT,
      url: (env.PAPER_EXCHANGE_URL ?? `http://127.0.0.1:${env.EXCHANGE_PORT}`) as `http://${string}`,
      feed: env.PAPER_FEED,
      symbols: env.PAPER_SYMBOLS,
      testnet: env.BINANCE_TESTNET,
      liveKeys: liveKeys(env),
      controlToken: env.EXCHANGE_CONTROL_TOKEN,
    },
    worker: {
      slots: {
        watch: env.WORKER_WATCH_SLOTS,
        trade: env.WORKER_TRADE_SLOTS,
        cachedWorkflows: env.WORKER_CACHED_WORKFLOWS,
      },
      metricsPort: env.METRICS_PORT,
      logRetentionDays: env.LOG_RETENTION_DAYS ?? null,
    },
    logging: {
      level: env.LOG_LEVEL,
      format: env.LOG_FORMAT,
      file: env.LOG_FILE_PATH === undefined ? null : resolve(PROJECT, env.LOG_FILE_PATH),
    },
    /** What no log, error or answer may show. */
    redactions: secretValues(env),
    embedded: {
      postgresPort: env.POSTGRES_PORT,
      temporalPort: env.TEMPORAL_PORT,
      temporalUiPort: env.TEMPORAL_UI_PORT,
    },
  };
}

/** What `api/settings.ts` asks for, and where to listen. */
function apiSettings(env: EmbeddedEnvironment) {
  const productionHosts = ['scalperbot.com', 'www.scalperbot.com', 'api.scalperbot.com'];
  return {
    host: env.HOST,
    port: env.PORT,
    prefix: env.API_V1_STR.replace(/\/+$/, ''),
    name: env.PROJECT_NAME,
    version: env.VERSION,
    description: env.DESCRIPTION,
    debug: env.DEBUG,
    corsOrigins: env.BACKEND_CORS_ORIGINS,
    allowedHosts: env.ALLOWED_HOSTS ?? (env.DEBUG ? ['*'] : productionHosts),
    trustedProxies: env.TRUSTED_PROXIES,
    rateLimit: env.RATE_LIMIT_ENABLED
      ? { perMinute: env.RATE_LIMIT_PER_MINUTE, perHour: env.RATE_LIMIT_PER_HOUR }
      : null,
    maxBots: env.MAX_BOTS_PER_USER,
    tradeAmount: { least: env.MIN_TRADE_AMOUNT, most: env.MAX_TRADE_AMOUNT },
  };
}

/** A placeholder that everybody knows signs nothing: in its place a secret is made. */
function identitySettings(env: Environment): Configuration['identity'] {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS: olderSecret, SECRET_KEY, ENVIRONMENT } = env;
  if (ENVIRONMENT === 'production' && JWT_SECRET === undefined)
    throw new ConfigurationError(
      'JWT_SECRET is missing, which ENVIRONMENT=production does not allow. ' +
        'Set it to what `openssl rand -hex 32` gives.',
    );
  const isForThisRun = JWT_SECRET === undefined && SECRET_KEY === PLACEHOLDER_SECRET_KEY;
  return {
    secret: isForThisRun ? randomBytes(32).toString('hex') : (JWT_SECRET ?? SECRET_KEY),
    olderSecret,
    environment: ENVIRONMENT ?? (env.DEBUG ? 'development' : 'production'),
    isForThisRun,
  };
}

/** Anybody who reaches the API commands its bots: not with real money. */
function liveKeys(env: EmbeddedEnvironment): { apiKey: string; secret: string } | null {
  const { BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: secret } = env;
  if (apiKey === undefined && secret === undefined) return null;
  if (apiKey === undefined || secret === undefined)
    throw new ConfigurationError(
      `${apiKey === undefined ? 'BINANCE_API_KEY' : 'BINANCE_SECRET_KEY'} is missing: set both keys, or neither.`,
    );
  if (!env.BINANCE_TESTNET)
    throw new ConfigurationError(
      'BINANCE_TESTNET=False needs sign-in, which this version does not have: ' +
        "use keys of Binance's testnet with BINANCE_TESTNET=True, or take BINANCE_API_KEY away.",
    );
  return { apiKey, secret };
}

function secretValues(env: EmbeddedEnvironment): string[] {
  const values = SECRET_NAMES.map((name) => env[name]).filter((value) => typeof value === 'string');
  values.push(...formerSecrets(env));
  const password = env.DATABASE_URL && new URL(env.DATABASE_URL).password;
  return password ? [...values, password, decodeURIComponent(password)] : values;
}

function formerSecrets({ SECRET_KEY_PREVIOUS: secrets = '' }: EmbeddedEnvironment): string[] {
  return secrets.split(',').filter((secret) => secret !== '');
}

function projectFolder(): string {
  const above = fileURLToPath(new URL('../', import.meta.url));
  return existsSync(join(above, 'package.json')) ? above : join(above, '..');
}
