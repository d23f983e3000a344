import test from 'ava';
import { ETHUSDT, openMarket } from '../testing/market.ts';
import { backfillHistory } from './history.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('a symbol has a past at once: seconds, minutes and hours that end at its price', (t) => {
  const { engine, clock } = openMarket();
  clock.now += 25 * MINUTE + 17_000;
  engine.addSymbol(ETHUSDT, '100');
  backfillHistory(engine, 'ETHUSDT', 1);
  const minutes = engine.candles('ETHUSDT', MINUTE, { limit: 1_001 });
  t.is(minutes.length, 1_001);
  t.is(minutes.at(-2)?.close, '100.00000000');
  t.true(minutes.slice(0, -1).every(({ closed, volume }) => closed && Number(volume) > 0));
  t.is(engine.candles('ETHUSDT', 1_000, { limit: 500 }).length, 500);
  t.is(engine.candles('ETHUSDT', 4 * HOUR, { limit: 200 }).length, 200);
  t.true(engine.day('ETHUSDT').trades > 0);
});

test('every candle holds its own prices and joins the one before', (t) => {
  const { engine } = openMarket();
  backfillHistory(engine, 'BTCUSDT', 7);
  for (const interval of [1_000, MINUTE, 15 * MINUTE, HOUR]) {
    const candles = engine.candles('BTCUSDT', interval, { limit: 300 });
    for (const [n, { open, high, low, close, openTime }] of candles.entries()) {
      t.true(Number(low) <= Math.min(Number(open), Number(close)), `${interval} ${n}`);
      t.true(Number(high) >= Math.max(Number(open), Number(close)), `${interval} ${n}`);
      const next = candles[n + 1];
      if (next === undefined) continue;
      t.is(next.openTime, openTime + interval);
      t.is(next.open, close);
    }
  }
});

test('an hour is the sum of its minutes, a minute of its seconds', (t) => {
  const { engine, clock } = openMarket();
  backfillHistory(engine, 'BTCUSDT', 1);
  for (const [interval, finer] of [
    [HOUR, MINUTE],
    [MINUTE, 1_000],
  ] as const) {
    const [whole] = engine.candles('BTCUSDT', interval, { start: clock.now - interval, limit: 1 });
    const parts = engine.candles('BTCUSDT', finer, {
      start: clock.now - interval,
      end: clock.now - 1,
      limit: 60,
    });
    t.is(
      whole?.trades,
      parts.reduce((sum, { trades }) => sum + trades, 0),
    );
    t.is(Number(whole?.high), Math.max(...parts.map(({ high }) => Number(high))));
    t.is(whole?.open, parts[0]?.open);
  }
});
