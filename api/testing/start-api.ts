import { Writable } from 'node:stream';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Unavailable } from '../../workflows/client.ts';
import { freshDatabase, type Scope, type TestDatabase } from '../../runtime/testing/database.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../bots/fund/policy.ts';
import { ANY_ADDRESS } from '../addresses.ts';
import { createApi } from '../app.ts';
import type { Dependencies } from '../dependencies.ts';
import { listen } from '../server.ts';
import type { ApiSettings } from '../settings.ts';
import { testIdentity } from './identity.ts';
import { madeUpDeposits } from './made-up-deposits.ts';
import { NO_WITHDRAWALS } from './no-withdrawals.ts';
import { recordingBotClient, type RecordingBotClient } from './recording-bot-client.ts';
import { STRICT_EXCHANGE } from './strict-exchange.ts';

export interface TestApi {
  url: string;
  knex: Knex;
  bots: RecordingBotClient;
  ownerId: string;
  /** The lines of the server log. */
  lines: Record<string, unknown>[];
  call: Call;
}

/** A request, with `body` as JSON or, where it is a text, as it is; and its answer, read. */
export type Call = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<TestAnswer<T>>;

export interface TestAnswer<T> {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed where it is JSON, else the text. */
  body: T;
}

export const TEST_SETTINGS: ApiSettings = {
  prefix: '/api/v1',
  name: 'Scalper Bot API',
  version: '1.0.0',
  description: 'API for cryptocurrency scalping bot management',
  debug: true,
  authRequired: false,
  corsOrigins: ['http://localhost:3000', 'http://localhost:3001'],
  allowedHosts: ['*'],
  tradingCorsOrigins: ['http://localhost:3000', 'http://localhost:3001'],
  trustedProxies: 0,
  adminAddresses: ANY_ADDRESS,
  rateLimit: null,
  callerLimits: null,
  live: { heartbeatSeconds: 30, queueSize: 100 },
  maxBots: 1_000,
  tradeAmount: { least: '0.001', most: '1000' },
  fund: {
    ...{ currency: 'USDC', decimals: 6, initialPrice: '1', initialCapital: null, staleAfterSeconds: 60 },
    ...{ networks: ['ETH', 'BSC', 'TRX', 'SOL'], minDeposit: '10' },
    withdrawalPolicy: DEFAULT_WITHDRAWAL_POLICY,
  },
};

/** On a busy machine a test waits rather than fails. */
const PATIENCE_MS = 60_000;

/**
 * The API on a port of its own, over a database of its own unless one is given. Every answer is checked against its
 * declared schema.
 */
export async function startApi(
  t: Scope,
  settings: Partial<ApiSettings> = {},
  overrides: Partial<Dependencies> = {},
): Promise<TestApi> {
  const knex = overrides.knex ?? (await patientDatabase(t)).knex;
  const [{ id: ownerId }] = (await knex('users').insert({ name: 'Owner' }).returning('id')) as [
    { id: string },
  ];
  const bots = recordingBotClient(knex);
  const lines: Record<string, unknown>[] = [];
  const app = createApi({
    ...{
      knex,
      bots,
      deposits: madeUpDeposits(knex),
      fund: NO_FUND,
      defaultOwnerId: ownerId,
      checkAnswers: true,
      deadlineMs: PATIENCE_MS,
    },
    settings: { ...TEST_SETTINGS, ...settings },
    identity: overrides.identity ?? testIdentity(),
    accounts: STRICT_EXCHANGE,
    withdrawals: NO_WITHDRAWALS,
    log: pino(intoLines(lines)),
    metrics: new Registry(),
    ...overrides,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close(0));
  const { url } = server;
  return { url, knex, bots, ownerId, lines, call: callerOf(url) };
}

/** Nobody is there to be woken. */
export const NO_FUND: Dependencies['fund'] = {
  wake: () => Promise.reject(new Unavailable('There is no Temporal here')),
};

/** A database of its own whose connections a test waits for. */
export function patientDatabase(t: Scope): Promise<TestDatabase> {
  return freshDatabase(t, { acquireTimeoutMs: PATIENCE_MS });
}

/** Requests to the API at `url`. */
export function callerOf(url: string): Call {
  return async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : text) as T,
    };
  };
}

function intoLines(lines: Record<string, unknown>[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n').filter(Boolean)) lines.push(JSON.parse(line));
      done();
    },
  });
}
