import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import Koa from 'koa';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createApi } from '../api/app.ts';
import { listen } from '../api/server.ts';
import { openDatabase } from '../db/connect.ts';
import type { BotClient } from '../workflows/client.ts';

export interface ApiReadsResult {
  /** Requests a second of the API over those of the hand-written handler. */
  throughputRatio: number;
  /** The API's p99 over the handler's. */
  p99Ratio: number;
  api: Reading;
  handWritten: Reading;
}

interface Reading {
  requestsPerSecond: number;
  p50: number;
  p99: number;
}

const CONNECTIONS = 16;
const BOTS = 10;
const ROUNDS = 3;
const WARM_UP_S = 2;
const MEASURED_S = 4;

/**
 * `GET /api/v1/bots/` with ten bots against a hand-written Koa handler that runs the same SQL on the same database
 * (already migrated and empty), in turns in this process over loopback. The medians of the rounds are compared.
 */
export async function apiReads(databaseUrl: string): Promise<ApiReadsResult> {
  const knex = openDatabase({ url: databaseUrl, poolSize: CONNECTIONS });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  try {
    const ownerId = await fill(knex);
    const api = await listen(
      createApi({
        ...{ knex, bots: NO_BOTS, defaultOwnerId: ownerId, settings: SETTINGS },
        // As in production, with its lines going nowhere.
        log: pino({ level: 'info' }, { write: () => undefined }),
        metrics: new Registry(),
      }),
      { host: '127.0.0.1', port: 0 },
    );
    const byHand = await serveByHand(pool);
    try {
      return await compare(
        `${api.url}/api/v1/bots/`,
        `http://127.0.0.1:${(byHand.address() as AddressInfo).port}/`,
      );
    } finally {
      byHand.close();
      byHand.closeAllConnections();
      await api.close(0);
    }
  } finally {
    await Promise.all([knex.destroy(), pool.end()]);
  }
}

const NO_BOTS: BotClient = {
  command: () => Promise.reject(new Error('Reads command nothing')),
  reachable: async () => true,
};

const SETTINGS = {
  ...{ prefix: '/api/v1', name: 'Perpetua', version: '1', description: '', debug: true },
  ...{
    corsOrigins: ['http://localhost:3000'],
    allowedHosts: ['127.0.0.1'],
    trustedProxies: 0,
    rateLimit: null,
  },
  ...{ maxBots: BOTS, tradeAmount: { least: '0.001', most: '1000' } },
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
const SQL = 'select "bots".* from "bots" order by "created_at" desc, "id" asc limit $1 offset $2';

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

async function compare(apiUrl: string, byHandUrl: string): Promise<ApiReadsResult> {
  const rounds: { api: Reading; handWritten: Reading }[] = [];
  for (const url of [apiUrl, byHandUrl]) await measure(url, WARM_UP_S);
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      handWritten: await measure(byHandUrl, MEASURED_S),
      api: await measure(apiUrl, MEASURED_S),
    });
  }
  const api = medianOf(rounds.map((round) => round.api));
  const handWritten = medianOf(rounds.map((round) => round.handWritten));
  return {
    throughputRatio: round(api.requestsPerSecond / handWritten.requestsPerSecond),
    p99Ratio: round(api.p99 / handWritten.p99),
    ...{ api, handWritten },
  };
}

/** Throws where an answer was anything but a 200. */
async function measure(url: string, duration: number): Promise<Reading> {
  const { requests, latency, errors, non2xx } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration,
    workers: 1,
  });
  if (errors > 0 || non2xx > 0) throw new Error(`${url} failed ${errors + non2xx} requests`);
  return { requestsPerSecond: requests.average, p50: latency.p50, p99: latency.p99 };
}

function medianOf(readings: Reading[]): Reading {
  const middle = (of: (reading: Reading) => number) =>
    readings.map(of).toSorted((a, b) => a - b)[readings.length >> 1]!;
  return {
    requestsPerSecond: middle((reading) => reading.requestsPerSecond),
    p50: middle((reading) => reading.p50),
    p99: middle((reading) => reading.p99),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
