import { checkPeriod, coldSeries, warmFrom, type Series } from './series.ts';

/**
 * Exponential moving average, weight 2 / (period + 1), begun with the plain average of the first `period` values. An
 * input that is itself not warm at first is averaged from where it is.
 */
export function ema(values: Series, period: number): Series {
  checkPeriod(period);
  const out = coldSeries(values.length);
  const first = warmFrom(values);
  const seed = first + period - 1;
  if (seed >= values.length) return out;
  let average = mean(values.subarray(first, seed + 1));
  out[seed] = average;
  const weight = 2 / (period + 1);
  for (let at = seed + 1; at < values.length; at++) {
    average += weight * (values[at]! - average);
    out[at] = average;
  }
  return out;
}

/** The plain average of values that are all there. */
export function mean(values: Series): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
