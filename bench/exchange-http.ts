import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NewAccount } from '../exchanges/simulated/engine/types.ts';
import { startSimulatedExchange } from '../exchanges/simulated/server.ts';
import { SMALL_HEAP } from '../exchanges/simulated/small-heap.ts';
import type { Figure, Measurement } from './measurement.ts';

const ACCOUNTS = 1_000;
const CONNECTIONS = 16;
const WARM_UP_MS = 1_000;
const MEASURED_MS = 5_000;
const UNLIMITED = 1e9;
const BASES = 'BTC ETH BNB SOL XRP ADA DOGE TRX AVAX LINK DOT LTC'.split(' ');
/** The markets beyond the well-known ones; each account holds a few of their coins, from its own number on. */
const FIRST_COIN = BASES.length;
const COINS = 50 - FIRST_COIN;
const COINS_HELD = 4;
const SYMBOLS = Array.from({ length: 50 }, (_, n) => `${BASES[n] ?? `COIN${n}`}USDT`);

interface Usage {
  cpuMicros: number;
  megabytes: number;
}

export const exchangeHttp: Measurement = {
  name: 'exchange',
  what: `signed orders over ${CONNECTIONS} connections to the simulated exchange, ${SYMBOLS.length} markets, ${ACCOUNTS} accounts`,
  run: measure,
};

/** In a process of its own. Throws where an order is not answered with 200. */
async function measure(): Promise<Figure[]> {
  const server = fork(fileURLToPath(import.meta.url), ['serve'], {
    execArgv: ['--import=tsx', ...SMALL_HEAP],
  });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const idle = await usageOf(server);
    await trade(port, WARM_UP_MS);
    const before = await usageOf(server);
    const started = performance.now();
    const orders = await trade(port, MEASURED_MS);
    const seconds = (performance.now() - started) / 1_000;
    const after = await usageOf(server);
    return [
      {
        name: 'orders in a second of its processor time',
        value: (orders * 1e6) / (after.cpuMicros - before.cpuMicros),
        unit: '1/s',
        bound: { atLeast: 2_000 },
      },
      // The callers are on the same machine and take their part of it.
      { name: 'orders in a second of the clock', value: orders / seconds, unit: '1/s' },
      { name: 'memory, before the orders', value: idle.megabytes, unit: 'MB', bound: { atMost: 150 } },
      { name: 'memory, after the orders', value: after.megabytes, unit: 'MB', bound: { atMost: 150 } },
    ];
  } finally {
    server.kill();
  }
}

/** Places orders for a while on every connection. Returns how many were answered. */
async function trade(port: number, forMs: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = performance.now() + forMs;
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, connection) => {
      let count = 0;
      while (performance.now() < until) {
        await place(agent, port, connection, count);
        count += 1;
      }
      return count;
    }),
  );
  agent.destroy();
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A sell that rests, then a buy of another account that takes it, and on to the next symbol. */
async function place(agent: Agent, port: number, connection: number, count: number): Promise<void> {
  const pair = Math.floor(count / 2) * CONNECTIONS + connection;
  const [side, account] = count % 2 === 0 ? ['SELL', pair % ACCOUNTS] : ['BUY', (pair + 1) % ACCOUNTS];
  const form =
    `symbol=COIN${FIRST_COIN + ((pair % ACCOUNTS) % COINS)}USDT&side=${side}&type=LIMIT&timeInForce=GTC&quantity=1&price=10` +
    `&timestamp=${Date.now()}&recvWindow=60000`;
  const signature = createHmac('sha256', `secret-${account}`).update(form).digest('hex');
  const sent = request({
    agent,
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/v3/order',
    headers: { 'X-MBX-APIKEY': `api-key-${account}` },
  });
  sent.end(`${form}&signature=${signature}`);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const body = (await response.toArray()).join('');
  if (response.statusCode !== 200) throw new Error(`The exchange answered ${response.statusCode}: ${body}`);
}

async function usageOf(server: ChildProcess): Promise<Usage> {
  server.send('usage');
  const [usage] = (await once(server, 'message')) as [Usage];
  return usage;
}

async function serve(): Promise<void> {
  const exchange = await startSimulatedExchange({
    port: 0,
    feed: 'synthetic',
    seed: 1,
    symbols: SYMBOLS,
    stateFile: null,
    controlToken: null,
    limits: { weightPerMinute: UNLIMITED, ordersPerTenSeconds: UNLIMITED, ordersPerDay: UNLIMITED },
    log: () => undefined,
  });
  for (let n = 0; n < ACCOUNTS; n += 1) exchange.engine.openAccount(account(n));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system, megabytes: Math.round(process.memoryUsage.rss() / 1e6) });
  });
  process.send?.({ port: exchange.port });
}

function account(n: number): NewAccount {
  const permissions = { read: true, trade: true, withdraw: false };
  const coins = Array.from({ length: COINS_HELD }, (_, coin) => [
    `COIN${FIRST_COIN + ((n + coin) % COINS)}`,
    '100000',
  ]);
  return {
    id: `account-${n}`,
    keys: [{ key: `api-key-${n}`, secret: `secret-${n}`, permissions, ips: [] }],
    balances: { USDT: '1000000', ...Object.fromEntries(coins) },
    makerFee: '0.001',
    takerFee: '0.001',
    feeAsset: 'received',
  };
}

if (process.argv[2] === 'serve' && process.send !== undefined) await serve();
