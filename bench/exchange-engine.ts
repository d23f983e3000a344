import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../exchanges/simulated/engine/engine.ts';
import type { Engine, NewOrder } from '../exchanges/simulated/engine/types.ts';
import { createRandom, type Random } from '../exchanges/simulated/prices/random.ts';
import { openStateFile } from '../exchanges/simulated/state-file.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';

const ACCOUNTS = 100;
const CALLERS = 32;
const SYMBOL = 'BTCUSDT';

const SECONDS = 3;

export const exchangeEngine: Measurement = {
  name: 'exchange-engine',
  what: `the matching engine alone, then with its state file and ${CALLERS} callers who each wait until an order is on disk`,
  run: measure,
};

async function measure(): Promise<Figure[]> {
  const random = createRandom(1, 'bench');
  const ordersPerSecond = ordersFor(SECONDS, openMarket(), random);
  const folder = await mkdtemp(join(tmpdir(), 'exchange-bench-'));
  try {
    const durable = await durableOrdersFor(SECONDS, join(folder, 'state'), random);
    return [
      { name: 'orders, in memory', value: ordersPerSecond, unit: '1/s' },
      { name: 'orders, on disk', value: durable.ordersPerSecond, unit: '1/s' },
      { name: 'an order on disk, p50', value: percentile(durable.waits, 0.5), unit: 'ms' },
      { name: 'an order on disk, p99', value: percentile(durable.waits, 0.99), unit: 'ms' },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function ordersFor(seconds: number, engine: Engine, random: Random): number {
  const begun = performance.now();
  let orders = 0;
  for (; performance.now() - begun < seconds * 1_000; orders += 1) trade(engine, random);
  return (orders * 1_000) / (performance.now() - begun);
}

async function durableOrdersFor(
  seconds: number,
  path: string,
  random: Random,
): Promise<{ ordersPerSecond: number; waits: number[] }> {
  const restored = createEngine({ clock: Date.now });
  const file = await openStateFile(path, restored);
  const engine = openMarket(restored);
  const waits: number[] = [];
  const begun = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - begun < seconds * 1_000) {
      const sent = performance.now();
      trade(engine, random);
      await file.durable();
      waits.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const elapsed = performance.now() - begun;
  await file.close();
  return { ordersPerSecond: (waits.length * 1_000) / elapsed, waits };
}

function openMarket(engine: Engine = createEngine({ clock: Date.now })): Engine {
  engine.addSymbol(
    {
      symbol: SYMBOL,
      base: 'BTC',
      quote: 'USDT',
      tickSize: '0.01',
      minPrice: '0.01',
      maxPrice: '1000000',
      stepSize: '0.00001',
      minQuantity: '0.00001',
      maxQuantity: '9000',
      maxMarketQuantity: '9000',
      minNotional: '5',
      maxOrders: 200,
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '5',
      askMultiplierDown: '0.2',
    },
    '100',
  );
  for (let n = 0; n < ACCOUNTS; n += 1) {
    engine.openAccount({
      id: `account-${n}`,
      keys: [],
      balances: { BTC: '1000000', USDT: '100000000' },
      makerFee: '0.001',
      takerFee: '0.001',
      feeAsset: 'received',
    });
  }
  return engine;
}

/** One order within 0.5 % of 100; an account with many at rest takes its oldest back first. */
function trade(engine: Engine, random: Random): void {
  const account = `account-${Math.floor(random.next() * ACCOUNTS)}`;
  const open = engine.openOrders(account, SYMBOL);
  if (open.length >= 20) engine.cancel(account, SYMBOL, { orderId: open[0]?.orderId ?? 0 });
  engine.submit(account, order(random));
}

function order(random: Random): NewOrder {
  return {
    symbol: SYMBOL,
    side: random.next() < 0.5 ? 'BUY' : 'SELL',
    type: 'LIMIT',
    timeInForce: 'GTC',
    clientOrderId: `bench-${random.next()}`,
    quantity: (0.1 + random.next()).toFixed(5),
    quoteQuantity: null,
    price: (99.5 + random.next()).toFixed(2),
    stopPrice: null,
  };
}
