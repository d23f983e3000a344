import { checkPeriod, coldSeries, type Series } from './series.ts';

/**
 * Relative strength index, 0 to 100, with Wilder's smoothing (New Concepts in Technical Trading Systems, 1978): the first
 * averages are plain ones over `period` changes. Warm from index `period`. 50 where the price has not moved at all.
 */
export function rsi(closes: Series, period: number): Series {
  checkPeriod(period);
  const out = coldSeries(closes.length);
  let gain = 0;
  let loss = 0;
  for (let at = 1; at < closes.length; at++) {
    const change = closes[at]! - closes[at - 1]!;
    const weight = at <= period ? at : period;
    gain += (Math.max(change, 0) - gain) / weight;
    loss += (Math.max(-change, 0) - loss) / weight;
    if (at >= period) out[at] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  }
  return out;
}
