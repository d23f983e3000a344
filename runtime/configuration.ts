import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { NO_ADDRESS } from '../api/addresses.ts';
import { isLoopback } from '../api/loopback.ts';
import { auditKeyOf, type AuditKey } from '../db/audit-seal.ts';
import { apiSettings, environmentOf } from './environment/api-settings.ts';
import { ConfigurationError } from './environment/configuration-error.ts';
import { fundSettings, type FundSettings } from './environment/fund-settings.ts';
import { identitySettings, type IdentitySettings } from './environment/identity-settings.ts';
import { isPlaceholder, repeatsFew } from './environment/sign-in-variables.ts';
import { treasurySettings } from './environment/treasury-settings.ts';
import {
  embeddedSchema,
  environmentSchema,
  SECRET_NAMES,
  type EmbeddedEnvironment,
  type Environment,
} from './environment/variables.ts';
import { PROJECT } from './project.ts';

export { ConfigurationError };

/** What can be read without a database: enough for the simulated exchange, and for `start` before it has made one. */
export type Settings = ReturnType<typeof grouped>;

export interface Configuration extends Settings {
  database: { url: string; poolSize: number; maxOverflow: number; echo: boolean; auditKey: AuditKey };
  /** What entries of the audit log may be sealed with: the key of now, then former ones. */
  auditKeys: AuditKey[];
  /** The encryption key seals exchange keys, the previous ones open what they sealed; only who opens them needs any. */
  secrets: { secretKey: string; encryptionKey: string | undefined; previousEncryptionKeys: string[] };
  identity: IdentitySettings;
}

/** Reads what a process needs from its environment. Throws `ConfigurationError`. */
export function readConfiguration(variables: Record<string, string | undefined>): Configuration {
  const env = parse(environmentSchema, variables);
  requireSafe(env);
  const auditKeys = [env.SECRET_KEY, ...listed(env.SECRET_KEY_PREVIOUS)].map(auditKeyOf);
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
    secrets: {
      secretKey: env.SECRET_KEY,
      encryptionKey: env.ENCRYPTION_KEY,
      previousEncryptionKeys: listed(env.ENCRYPTION_KEY_PREVIOUS),
    },
    identity: identitySettings(env),
  };
}

/** The same where neither DATABASE_URL nor SECRET_KEY is needed. */
export function readSettings(variables: Record<string, string | undefined>): Settings {
  return grouped(parse(embeddedSchema, variables));
}

/** Things that are allowed and better known. */
export function warningsOf({ api, identity }: Configuration): string[] {
  const isProduction = identity.environment === 'production';
  const warnings = [
    identity.isForThisRun &&
      'Tokens are signed with a secret made for this run: the next one signs everybody out. Set JWT_SECRET.',
    isProduction &&
      api.tradingCorsOrigins.length === 0 &&
      'CORS_ORIGINS is not set: no page of another origin can sign in.',
    isProduction &&
      api.adminAddresses === NO_ADDRESS &&
      'ADMIN_IP_WHITELIST is not set: no admin can do what admins do.',
  ].filter((warning) => warning !== false);
  if (!api.debug || isLoopback(api.host)) return warnings;
  return [
    ...warnings,
    `DEBUG=True and the API listens on ${api.host}: passwords and tokens come to it over plain HTTP. ` +
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

/** How far the fault tests go: which seeds, which steps where not all of them, and whether they may take their time. */
export function faultRun(): { seeds: number[]; steps: string[] | null; isLong: boolean } {
  const list = (name: string) => process.env[name]?.split(',').filter(Boolean) ?? null;
  const seeds = list('FAULT_SEEDS')?.flatMap((range) => {
    const [first = 1, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  return { seeds: seeds ?? [1], steps: list('FAULT_STEPS'), isLong: seeds !== undefined };
}

/** Where the Temporal command line is looked for, and kept once downloaded. */
export function binarySearch(): { cliPath: string | undefined; cacheDir: string } {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    cliPath: process.env['TEMPORAL_CLI_PATH'] || undefined,
    cacheDir: process.env['CACHE_DIR'] || join(cache, 'perpetua'),
  };
}

/** Nothing that only development allows, with DEBUG=False or in production. */
function requireSafe(env: Environment): void {
  if (env.DEBUG && env.ENVIRONMENT === 'production')
    throw new ConfigurationError(
      'ENVIRONMENT=production does not allow DEBUG=True, which DEBUG is where it is not set: passwords and tokens would ' +
        'come over plain HTTP. Set DEBUG=False.',
    );
  if (!env.DEBUG && isPlaceholder(env.SECRET_KEY))
    throw new ConfigurationError(
      'SECRET_KEY is still the placeholder of the template, or one like it, which DEBUG=False does not allow. ' +
        'Set it to what `openssl rand -hex 32` gives.',
    );
  if (!env.DEBUG && repeatsFew(env.SECRET_KEY))
    throw new ConfigurationError(
      'SECRET_KEY repeats a few characters, which is guessed and which DEBUG=False does not allow. ' +
        'Set it to what `openssl rand -hex 32` gives.',
    );
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
  const fund = fundSettings(env);
  return {
    environment: environmentOf(env),
    dataDir,
    auditAnchors: resolve(dataDir, env.AUDIT_ANCHOR_FILE),
    api: { ...apiSettings(env), fund: ofDoors(fund) },
    fund,
    treasury: treasurySettings(env),
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
    redis: env.REDIS_URL === undefined ? null : { url: env.REDIS_URL, password: env.REDIS_PASSWORD },
    telegram: {
      token: env.TELEGRAM_BOT_TOKEN,
      apiUrl: env.TELEGRAM_API_URL.replace(/\/+$/, ''),
      operatorsChat: env.TELEGRAM_CHAT_ID ?? null,
      metricsPort: env.TELEGRAM_METRICS_PORT,
      webhook:
        env.TELEGRAM_WEBHOOK_URL === undefined
          ? null
          : {
              url: env.TELEGRAM_WEBHOOK_URL,
              port: env.TELEGRAM_WEBHOOK_PORT,
              secret: env.TELEGRAM_WEBHOOK_SECRET,
            },
    },
    services: {
      telegram: { url: env.TELEGRAM_API_URL, token: env.TELEGRAM_BOT_TOKEN },
      deepseek: { url: env.DEEPSEEK_API_URL, key: env.DEEPSEEK_API_KEY },
      bitget: { url: env.BITGET_API_URL },
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

/** What the API is told of the fund: no keys. */
function ofDoors({ currency, decimals, initialPrice, initialCapital, ...fund }: FundSettings) {
  const { staleAfterSeconds, networks, minDeposit, withdrawalPolicy } = fund;
  return {
    currency,
    decimals,
    initialPrice,
    initialCapital,
    staleAfterSeconds,
    networks,
    minDeposit,
    withdrawalPolicy,
  };
}

/** They are nobody's who signs in, so they are not for real money. */
function liveKeys(env: EmbeddedEnvironment): { apiKey: string; secret: string } | null {
  const { BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: secret } = env;
  if (apiKey === undefined && secret === undefined) return null;
  if (apiKey === undefined || secret === undefined)
    throw new ConfigurationError(
      `${apiKey === undefined ? 'BINANCE_API_KEY' : 'BINANCE_SECRET_KEY'} is missing: set both keys, or neither.`,
    );
  if (!env.BINANCE_TESTNET)
    throw new ConfigurationError(
      'BINANCE_TESTNET=False is not for keys of the environment, with which bots trade that nobody signs in for: ' +
        'take BINANCE_API_KEY away, sign in and store the keys with POST /account/api-keys.',
    );
  return { apiKey, secret };
}

function secretValues(env: EmbeddedEnvironment): string[] {
  const former = [env.SECRET_KEY_PREVIOUS, env.ENCRYPTION_KEY_PREVIOUS].flatMap(listed);
  const known = [...SECRET_NAMES.map((name) => env[name]), ...former];
  const values = known.filter((value) => typeof value === 'string');
  const passwords = [env.DATABASE_URL, env.REDIS_URL].flatMap((url) => (url && new URL(url).password) || []);
  return [...values, ...passwords, ...passwords.map(decodeURIComponent)];
}

/** Secrets are written without commas or spaces. */
function listed(secrets = ''): string[] {
  return secrets.split(/[\s,]+/).filter(Boolean);
}
