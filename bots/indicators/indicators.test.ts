import test from 'ava';
import fc from 'fast-check';
import * as reference from 'technicalindicators';
import { atr } from './atr.ts';
import { bollinger } from './bollinger.ts';
import { ema } from './ema.ts';
import { macd } from './macd.ts';
import { rsi } from './rsi.ts';
import { crossesDown, crossesUp, valueAt, warmFrom, type Series } from './series.ts';

const closes = fc.array(fc.double({ min: 1, max: 1_000, noNaN: true }), { minLength: 60, maxLength: 200 });

/** True where the warm part of `series` is the library's answer, within what the library rounds. */
function agrees(series: Series, expected: (number | undefined)[], tolerance: number): boolean {
  const warm = [...series.subarray(warmFrom(series))];
  const known = expected.filter((value) => value !== undefined);
  return warm.length === known.length && warm.every((value, at) => Math.abs(value - known[at]!) <= tolerance);
}

test('EMA agrees with an independent library', (t) => {
  fc.assert(
    fc.property(closes, fc.integer({ min: 1, max: 50 }), (values, period) =>
      agrees(ema(Float64Array.from(values), period), reference.EMA.calculate({ values, period }), 1e-9),
    ),
  );
  t.pass();
});

test("Wilder's RSI agrees with an independent library, which rounds to 2 decimals", (t) => {
  fc.assert(
    fc.property(closes, fc.integer({ min: 2, max: 30 }), (values, period) =>
      agrees(rsi(Float64Array.from(values), period), reference.RSI.calculate({ values, period }), 0.00501),
    ),
  );
  t.pass();
});

test('MACD 12/26/9 agrees with an independent library', (t) => {
  const settings = {
    fastPeriod: 12,
    slowPeriod: 26,
    signalPeriod: 9,
    SimpleMAOscillator: false,
    SimpleMASignal: false,
  };
  fc.assert(
    fc.property(closes, (values) => {
      const own = macd(Float64Array.from(values));
      const known = reference.MACD.calculate({ values, ...settings });
      const column = (key: 'MACD' | 'signal' | 'histogram') => known.map((row) => row[key]);
      return (
        agrees(own.line, column('MACD'), 1e-9) &&
        agrees(own.signal, column('signal'), 1e-9) &&
        agrees(own.histogram, column('histogram'), 1e-9)
      );
    }),
  );
  t.pass();
});

test('Bollinger 20/2 agrees with an independent library', (t) => {
  fc.assert(
    fc.property(closes, (values) => {
      const own = bollinger(Float64Array.from(values));
      const known = reference.BollingerBands.calculate({ values, period: 20, stdDev: 2 });
      return (['upper', 'middle', 'lower'] as const).every((band) =>
        agrees(
          own[band],
          known.map((row) => row[band]),
          1e-8,
        ),
      );
    }),
  );
  t.pass();
});

test('ATR agrees with an independent library', (t) => {
  const candle = fc
    .tuple(...Array.from({ length: 3 }, () => fc.double({ min: 1, max: 1_000, noNaN: true })))
    .map((prices) => prices.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(candle, { minLength: 40, maxLength: 100 }), (candles) => {
      const [low, close, high] = [0, 1, 2].map((at) => candles.map((candle) => candle[at]!)) as [
        number[],
        number[],
        number[],
      ];
      const series = {
        high: Float64Array.from(high),
        low: Float64Array.from(low),
        close: Float64Array.from(close),
      };
      return agrees(atr(series, 14), reference.ATR.calculate({ high, low, close, period: 14 }), 1e-9);
    }),
  );
  t.pass();
});

test('an indicator is null until it is warm, and from then on it has a value', (t) => {
  const ramp = Float64Array.from({ length: 40 }, (_, at) => 100 + at);
  const warm = {
    ema: ema(ramp, 10),
    rsi: rsi(ramp, 14),
    macd: macd(ramp).signal,
    bollinger: bollinger(ramp).upper,
  };
  const firsts = Object.fromEntries(Object.entries(warm).map(([name, series]) => [name, warmFrom(series)]));
  t.deepEqual(firsts, { ema: 9, rsi: 14, macd: 33, bollinger: 19 });
  t.is(valueAt(warm.rsi, 13), null);
  t.is(valueAt(warm.rsi, 14), 100);
  t.is(valueAt(warm.rsi, 40), null);
});

test('too few candles give no value at all', (t) => {
  const short = Float64Array.from([1, 2, 3]);
  for (const series of [ema(short, 4), rsi(short, 3), macd(short).line, bollinger(short).middle])
    t.is(warmFrom(series), 3);
});

test('the RSI of a price that never moves is 50', (t) => {
  t.is(valueAt(rsi(new Float64Array(20).fill(7), 14), -1), 50);
});

test('a period that is no count of candles is refused', (t) => {
  for (const period of [0, -1, 1.5, Number.NaN])
    t.throws(() => rsi(new Float64Array(9), period), { instanceOf: RangeError });
});

test('a crossing needs both values, and touching the level is crossing it', (t) => {
  const series = Float64Array.from([Number.NaN, 29, 30, 70, 71, 70]);
  t.deepEqual(
    [0, 1, 2, 3].map((at) => crossesUp(series, at, 30)),
    [false, false, true, false],
  );
  t.deepEqual(
    [3, 4, 5].map((at) => crossesDown(series, at, 70)),
    [false, false, true],
  );
});
