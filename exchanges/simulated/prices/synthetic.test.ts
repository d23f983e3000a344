import { createHash } from 'node:crypto';
import test from 'ava';
import { createEngine } from '../engine/engine.ts';
import type { Engine, PublicTrade } from '../engine/types.ts';
import { accountOf, balance, ETHUSDT, limit } from '../testing/market.ts';
import { BTCUSDT } from '../testing/still-exchange.ts';
import { openPriceSource } from './open.ts';
import type { PriceSource } from './source.ts';

const START = Date.UTC(2026, 0, 5, 12);
const MINUTE = 60_000;

test('the same seed makes the same tape and the same past, another seed another', async (t) => {
  const [first, same, other] = [await openFair(1), await openFair(1), await openFair(2)];
  for (const fair of [first, same, other]) run(fair, MINUTE);
  t.is(tapeOf(first.engine), tapeOf(same.engine));
  t.not(tapeOf(first.engine), tapeOf(other.engine));
});

test('one symbol more does not change the tape of the others', async (t) => {
  const [alone, together] = [await openFair(1, [BTCUSDT]), await openFair(1, [ETHUSDT, BTCUSDT])];
  for (const fair of [alone, together]) run(fair, MINUTE);
  t.is(tapeOf(alone.engine), tapeOf(together.engine));
});

test('a bot that buys 0.15 % below the start and sells 0.15 % above makes a round trip in any minute', async (t) => {
  for (const seed of [1, 2, 3]) {
    for (const wait of [0, 7_000, 20_000, 33_000, 600_000]) {
      const fair = await openFair(seed, [BTCUSDT]);
      run(fair, wait);
      fair.engine.submit('bot', limit('BUY', '0.01', '64902.5'));
      const bought = runUntil(fair, MINUTE, () => fair.engine.openOrders('bot', null).length === 0);
      fair.engine.submit('bot', limit('SELL', '0.01', '65097.5'));
      const sold = runUntil(fair, MINUTE - bought, () => fair.engine.openOrders('bot', null).length === 0);
      t.true(bought + sold < MINUTE, `seed ${seed}, after ${wait} ms: ${bought} + ${sold} ms`);
      t.true(Number(balance(fair.engine, 'bot', 'USDT').free) >= 100_001.95);
    }
  }
});

test('for hours the price stays near its start and the book keeps depth on both sides', async (t) => {
  const fair = await openFair(4, [BTCUSDT]);
  let [lowest, highest] = [65_000, 65_000];
  for (let second = 0; second < 4 * 3_600; second += 1) {
    run(fair, 1_000, 1_000);
    const price = Number(fair.engine.lastPrice('BTCUSDT'));
    [lowest, highest] = [Math.min(lowest, price), Math.max(highest, price)];
    if (second % 60 > 0) continue;
    const { bids, asks } = fair.engine.depth('BTCUSDT', 100);
    t.true(bids.length >= 10 && asks.length >= 10);
    t.true(Number(bids[0]?.[0]) < price && price < Number(asks[0]?.[0]));
  }
  t.true(lowest > 65_000 * 0.99 && highest < 65_000 * 1.01, `${lowest} to ${highest}`);
  t.true(highest - lowest > 65_000 * 0.005);
});

test('prices that are frozen stand still, even to a trade; thawed they go on from there', async (t) => {
  const fair = await openFair(1, [BTCUSDT]);
  run(fair, MINUTE);
  fair.source.frozen = true;
  const [price, last] = [fair.engine.lastPrice('BTCUSDT'), fair.engine.trades('BTCUSDT', 1)];
  run(fair, 10 * MINUTE);
  t.is(fair.engine.lastPrice('BTCUSDT'), price);
  t.deepEqual(fair.engine.trades('BTCUSDT', 1), last);
  fair.source.frozen = false;
  run(fair, 250);
  const jump = Math.abs(Number(fair.engine.lastPrice('BTCUSDT')) / Number(price) - 1);
  t.true(jump > 0 && jump < 0.002, `${jump}`);
});

test('a price that was pushed away comes back by itself', async (t) => {
  const fair = await openFair(1, [BTCUSDT]);
  fair.source.movePrice('BTCUSDT', '60000');
  t.is(fair.engine.lastPrice('BTCUSDT'), '60000.00000000');
  run(fair, 250);
  t.true(Number(fair.engine.lastPrice('BTCUSDT')) < 60_500, 'not at once');
  run(fair, 10 * MINUTE);
  t.true(Number(fair.engine.lastPrice('BTCUSDT')) > 64_300);
});

test('restarted, it goes on from the last price and has quotes at once', async (t) => {
  const fair = await openFair(1, [BTCUSDT]);
  run(fair, 27_000);
  const restored = createEngine({ clock: () => fair.clock.now });
  restored.restore(fair.engine.snapshot());
  const price = restored.lastPrice('BTCUSDT');
  const source = await openPriceSource(restored, [{ rules: BTCUSDT, startPrice: '65000' }], {
    feed: 'synthetic',
    seed: 1,
  });
  t.is(restored.lastPrice('BTCUSDT'), price);
  t.true(restored.depth('BTCUSDT', 100).asks.length >= 10);
  run({ engine: restored, source, clock: fair.clock }, 250);
  t.true(Math.abs(Number(restored.lastPrice('BTCUSDT')) / Number(price) - 1) < 0.002);
  t.is(restored.candles('BTCUSDT', MINUTE, { limit: 1_000 }).length, 1_000);
});

interface Fair {
  engine: Engine;
  source: PriceSource;
  clock: { now: number };
}

async function openFair(seed: number, symbols = [BTCUSDT, ETHUSDT]): Promise<Fair> {
  const clock = { now: START };
  const engine = createEngine({ clock: () => clock.now });
  const listings = symbols.map((rules) => ({ rules, startPrice: rules === BTCUSDT ? '65000' : '3200' }));
  const source = await openPriceSource(engine, listings, { feed: 'synthetic', seed });
  engine.openAccount(accountOf({ id: 'bot', balances: { USDT: '100000' } }));
  return { engine, source, clock };
}

function run({ clock, source }: Fair, ms: number, step = 250): void {
  const end = clock.now + ms;
  while (clock.now < end) {
    clock.now += step;
    source.step(clock.now);
  }
}

/** How long it took, ms. */
function runUntil(fair: Fair, ms: number, done: () => boolean): number {
  let taken = 0;
  for (; taken < ms && !done(); taken += 250) run(fair, 250);
  return taken;
}

function tapeOf(engine: Engine): string {
  const trades: PublicTrade[] = engine.trades('BTCUSDT', 500);
  const candles = engine.candles('BTCUSDT', MINUTE, { limit: 1_000 });
  return createHash('sha256')
    .update(JSON.stringify([trades, candles]))
    .digest('hex');
}
