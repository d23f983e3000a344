import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { ANY_ADDRESS } from '../api/addresses.ts';
import { createApi } from '../api/app.ts';
import { madeUpDeposits } from '../api/testing/made-up-deposits.ts';
import { NO_FUND } from '../api/testing/start-api.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../bots/fund/policy.ts';
import { NO_WITHDRAWALS } from '../api/testing/no-withdrawals.ts';
import { STRICT_EXCHANGE } from '../api/testing/strict-exchange.ts';
import { createIdentity } from '../api/auth/identity.ts';
import { createLimits } from '../api/rate-limits/limits.ts';
import { sharedStore } from '../api/rate-limits/stores.ts';
import { listen } from '../api/server.ts';
import { openCounters, openDatabase } from '../db/connect.ts';
import { startTestPostgres } from '../runtime/testing/database.ts';
import type { BotClient } from '../workflows/client.ts';
import { loadOf, type Reading } from './load.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';

const CONNECTIONS = 16;
const BOTS = 10;
const ROUNDS = 5;
const WARM_UP_S = 2;
const MEASURED_S = 4;

export const apiReads: Measurement = {
  name: 'api-reads',
  what: `GET /api/v1/bots/ (${BOTS} bots, ${CONNECTIONS} connections) against a hand-written Koa handler of the same SQL, in turns`,
  async run(say) {
    const server = await startTestPostgres();
    try {
      return await measure(server.url, say);
    } finally {
      await server.stop();
    }
  },
};

/** Both in this process, on one migrated and empty database, over loopback. */
async function measure(databaseUrl: string, say: (line: string) => void): Promise<Figure[]> {
  const knex = openDatabase({ url: databaseUrl, poolSize: CONNECTIONS });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  const counters = openCounters(databaseUrl);
  // The server may end while the last of them close.
  pool.on('error', () => undefined);
  try {
    const ownerId = await fill(knex);
    const api = await listen(
      createApi({
        ...{
          knex,
          bots: NO_BOTS,
          deposits: madeUpDeposits(knex),
          fund: NO_FUND,
          defaultOwnerId: ownerId,
          settings: SETTINGS,
        },
        accounts: STRICT_EXCHANGE,
        withdrawals: NO_WITHDRAWALS,
        identity: createIdentity({
          ...{ secret: randomUUID(), environment: 'production' },
          sealing: { currentKeyId: 'bench', keys: { bench: randomBytes(32) } },
        }),
        // As in production, with its lines going nowhere.
        log: pino({ level: 'info' }, { write: () => undefined }),
        metrics: new Registry(),
        limits: createLimits(SETTINGS, sharedStore({ pool: counters })),
      }),
      { host: '127.0.0.1', port: 0 },
    );
    const byHand = await serveByHand(pool);
    try {
      const byHandUrl = `http://127.0.0.1:${(byHand.address() as AddressInfo).port}/`;
      return await compare(`${api.url}/api/v1/bots/`, byHandUrl, say);
    } finally {
      byHand.close();
      byHand.closeAllConnections();
      await api.close(0);
    }
  } finally {
    await Promise.all([knex.destroy(), pool.end(), counters.end()]);
  }
}

const NO_BOTS: BotClient = {
  command: () => Promise.reject(new Error('Reads command nothing')),
  reachable: async () => true,
};

const SETTINGS = {
  ...{ prefix: '/api/v1', name: 'Perpetua', version: '1', description: '', debug: true },
  authRequired: false,
  ...{
    corsOrigins: ['http://localhost:3000'],
    allowedHosts: ['127.0.0.1'],
    tradingCorsOrigins: [],
    trustedProxies: 0,
    adminAddresses: ANY_ADDRESS,
    // Counted as in production, and never used up.
    rateLimit: { perMinute: 10_000_000, perHour: 100_000_000 },
    callerLimits: null,
  },
  live: { heartbeatSeconds: 30, queueSize: 100 },
  ...{ maxBots: BOTS, tradeAmount: { least: '0.001', most: '1000' } },
  fund: {
    ...{ currency: 'USDC', decimals: 6, initialPrice: '1', initialCapital: null, staleAfterSeconds: 60 },
    ...{ networks: ['ETH', 'BSC', 'TRX', 'SOL'], minDeposit: '10' },
    withdrawalPolicy: DEFAULT_WITHDRAWAL_POLICY,
  },
};

async function fill(knex: ReturnType<typeof openDatabase>): Promise<string> {
  const [{ id }] = (await knex('users').insert({ name: 'Bench' }).returning('id')) as [{ id: string }];
  const bot = {
    exchange: 'Binance',
    first_order: 'BUY',
    quantity: '0.01',
    buy_price: '45000.5',
    sell_price: '46000',
  };
  await knex('bots').insert(
    Array.from({ length: BOTS }, (_, n) => ({
      ...bot,
      user_id: id,
      ticker: `BTC${n}/USDT`,
      status: 'ACTIVE',
    })),
  );
  return id;
}

/** The statement `db/bots.ts` sends. */
const SQL =
  'select "bots".* from "bots" where ("user_id" = (SELECT owner_id FROM fund_state)) IS NOT TRUE order by "created_at" desc, "id" asc limit $1 offset $2';

interface Row {
  id: string;
  ticker: string;
  exchange: string;
  first_order: string;
  quantity: string;
  buy_price: string;
  sell_price: string;
  trailing_percent: string | null;
  infinite_loop: boolean;
  status: string;
  pnl: string;
  total_trades: number;
  last_fill_time: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** What somebody would write who wants this one answer and nothing else. */
async function serveByHand(pool: pg.Pool): Promise<Server> {
  const app = new Koa();
  app.use(async (ctx) => {
    const skip = Number(ctx.query['skip'] ?? 0);
    const limit = Number(ctx.query['limit'] ?? 100);
    const { rows } = await pool.query<Row>(SQL, [limit, skip]);
    ctx.body = rows.map((row) => ({
      id: row.id,
      ticker: row.ticker,
      exchange: row.exchange,
      first_order: row.first_order,
      quantity: Number(row.quantity),
      buy_price: Number(row.buy_price),
      sell_price: Number(row.sell_price),
      trailing_percent: row.trailing_percent === null ? null : Number(row.trailing_percent),
      infinite_loop: row.infinite_loop,
      status: row.status,
      pnl: Number(row.pnl),
      total_trades: row.total_trades,
      last_fill_time: row.last_fill_time,
      created_at: row.created_at,
      updated_at: row.updated_at,
    }));
  });
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

/** The middle of the rounds is compared: a round that something else disturbed does not count. */
async function compare(apiUrl: string, byHandUrl: string, say: (line: string) => void): Promise<Figure[]> {
  const load = (url: string, seconds: number) => loadOf({ url, seconds, connections: CONNECTIONS });
  for (const url of [apiUrl, byHandUrl]) await load(url, WARM_UP_S);
  const rounds: { api: Reading; byHand: Reading }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ byHand: await load(byHandUrl, MEASURED_S), api: await load(apiUrl, MEASURED_S) });
    const { api, byHand } = rounds[round]!;
    say(`round ${round + 1}: API ${told(api)}; by hand ${told(byHand)}`);
  }
  const middle = (of: (round: (typeof rounds)[number]) => number) => percentile(rounds.map(of), 0.5);
  return [
    {
      name: 'requests a second, API over hand-written',
      value: middle(({ api, byHand }) => api.requestsPerSecond / byHand.requestsPerSecond),
      unit: 'x',
      bound: { atLeast: 0.7 },
    },
    {
      name: 'p99 of an answer, API over hand-written',
      value: middle(({ api, byHand }) => api.p99 / byHand.p99),
      unit: 'x',
      bound: { atMost: 1.5 },
    },
    { name: 'API', value: middle(({ api }) => api.requestsPerSecond), unit: '1/s' },
    { name: 'hand-written', value: middle(({ byHand }) => byHand.requestsPerSecond), unit: '1/s' },
    { name: 'API, p50', value: middle(({ api }) => api.p50), unit: 'ms' },
    { name: 'API, p99', value: middle(({ api }) => api.p99), unit: 'ms' },
    { name: 'hand-written, p50', value: middle(({ byHand }) => byHand.p50), unit: 'ms' },
    { name: 'hand-written, p99', value: middle(({ byHand }) => byHand.p99), unit: 'ms' },
  ];
}

function told({ requestsPerSecond, p99 }: Reading): string {
  return `${requestsPerSecond.toFixed(0)}/s, p99 ${p99.toFixed(1)} ms`;
}
