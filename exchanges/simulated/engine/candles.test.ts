import test from 'ava';
import { limit, openMarket, short } from '../testing/market.ts';
import { createEngine } from './engine.ts';
import type { Engine, EngineCandle } from './types.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('trades make the candle that they fall into, and of every length', (t) => {
  const { engine, clock } = openMarket();
  const opened = clock.now;
  for (const price of ['100', '103', '98', '101']) {
    print(engine, price, '0.5');
    clock.now += 10_000;
  }
  clock.now = opened + MINUTE;
  print(engine, '105', '1');
  const [first, second] = engine.candles('BTCUSDT', MINUTE, { limit: 10 });
  t.deepEqual(facts(first), ['100', '103', '98', '101', '2', '201', 4, true]);
  t.deepEqual(facts(second), ['105', '105', '105', '105', '1', '105', 1, false]);
  t.is(first?.openTime, opened);
  t.is(first?.closeTime, opened + MINUTE - 1);
  for (const interval of [3, 5, 15, 30, 60, 240, 1_440].map((minutes) => minutes * MINUTE)) {
    const [candle, ...rest] = engine.candles('BTCUSDT', interval, { limit: 10 });
    t.deepEqual(rest, []);
    t.deepEqual(facts(candle), ['100', '105', '98', '105', '3', '306', 5, false], `${interval}`);
  }
  t.is(engine.candles('BTCUSDT', 1_000, { start: opened, end: opened + 9_999, limit: 10 }).length, 10);
});

test('an interval without trades is flat at the last price, also while nobody asks', (t) => {
  const { engine, clock } = openMarket();
  print(engine, '102', '1');
  clock.now += 3 * MINUTE;
  const candles = engine.candles('BTCUSDT', MINUTE, { limit: 10 });
  t.deepEqual(candles.map(facts).slice(1), [
    ['102', '102', '102', '102', '0', '0', 0, true],
    ['102', '102', '102', '102', '0', '0', 0, true],
    ['102', '102', '102', '102', '0', '0', 0, false],
  ]);
  clock.now += 10_000 * MINUTE;
  t.is(engine.candles('BTCUSDT', MINUTE, { limit: 5_000 }).length, 2_000, 'bounded');
});

test('a range gives candles from its start, or the newest before its end', (t) => {
  const { engine, clock } = openMarket();
  const opened = clock.now;
  clock.now += 10 * MINUTE;
  const times = (range: { start?: number; end?: number; limit: number }) =>
    engine.candles('BTCUSDT', MINUTE, range).map(({ openTime }) => (openTime - opened) / MINUTE);
  t.deepEqual(times({ limit: 3 }), [8, 9, 10]);
  t.deepEqual(times({ start: opened + 2 * MINUTE, limit: 3 }), [2, 3, 4]);
  t.deepEqual(times({ start: opened + 2 * MINUTE + 1, limit: 2 }), [3, 4]);
  t.deepEqual(times({ end: opened + 5 * MINUTE, limit: 2 }), [4, 5]);
  t.deepEqual(times({ start: opened + 2 * MINUTE, end: opened + 3 * MINUTE, limit: 9 }), [2, 3]);
  t.deepEqual(times({ start: opened - HOUR, limit: 2 }), []);
  t.throws(() => engine.candles('BTCUSDT', 1_500, { limit: 1 }), { instanceOf: RangeError });
});

test('weeks open on Monday', (t) => {
  const { engine } = openMarket();
  const [week] = engine.candles('BTCUSDT', 7 * 24 * HOUR, { limit: 1 });
  t.is(new Date(week?.openTime ?? 0).toUTCString(), 'Mon, 05 Jan 2026 00:00:00 GMT');
});

test('the day rolls: what is older than 24 hours drops out', (t) => {
  const { engine, clock } = openMarket();
  print(engine, '150', '1');
  clock.now += 12 * HOUR;
  print(engine, '110', '2');
  t.like(engine.day('BTCUSDT'), { high: '150.00000000', volume: '3.00000000', trades: 2, firstTradeId: 1 });
  clock.now += 13 * HOUR;
  t.like(engine.day('BTCUSDT'), {
    open: '150.00000000',
    high: '150.00000000',
    low: '110.00000000',
    last: '110.00000000',
    volume: '2.00000000',
    quoteVolume: '220.00000000',
    trades: 1,
    firstTradeId: 2,
    lastTradeId: 2,
  });
});

test('the average price is weighted over five minutes', (t) => {
  const { engine, clock } = openMarket();
  t.is(short(engine.averagePrice('BTCUSDT')), '100', 'the last price without trades');
  print(engine, '100', '3');
  print(engine, '104', '1');
  t.is(short(engine.averagePrice('BTCUSDT')), '101');
  clock.now += 7 * MINUTE;
  t.is(short(engine.averagePrice('BTCUSDT')), '104');
});

test('minutes restored one by one, twice, make the same hours', (t) => {
  const { engine, clock } = openMarket();
  const records = [...engine.records()];
  engine.onCommit((more) => records.push(...more, ...more));
  for (let minute = 0; minute < 150; minute += 1) {
    print(engine, String(100 + (minute % 7)), '0.06');
    clock.now += MINUTE;
  }
  print(engine, '100', '0.06');
  const restored = createEngine({ clock: () => clock.now });
  restored.restore({ version: 1, records });
  const hours = (of: Engine) =>
    of.candles('BTCUSDT', HOUR, { limit: 10, end: clock.now - MINUTE }).slice(0, -1);
  t.is(hours(engine).length, 2);
  t.deepEqual(hours(restored), hours(engine));
});

/** Open, high, low, close, volume, quote volume, trades, closed. */
function facts(candle: EngineCandle | undefined): unknown[] {
  if (candle === undefined) return [];
  const { open, high, low, close, volume, quoteVolume, trades, closed } = candle;
  return [...[open, high, low, close, volume, quoteVolume].map(short), trades, closed];
}

/** One trade at a price that nobody else is at. */
function print(engine: Engine, price: string, quantity: string): void {
  engine.submit('maker', limit('SELL', quantity, price));
  engine.submit('taker', limit('BUY', quantity, price));
}
