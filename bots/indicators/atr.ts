import { checkPeriod, coldSeries, type Series } from './series.ts';

/**
 * Average true range with Wilder's smoothing. The three inputs are of one length. A true range needs the close before,
 * so the first average is over the ranges 1 to `period`: warm from index `period`.
 */
export function atr(
  { high, low, close }: { high: Series; low: Series; close: Series },
  period: number,
): Series {
  checkPeriod(period);
  const out = coldSeries(close.length);
  let average = 0;
  for (let at = 1; at < close.length; at++) {
    const before = close[at - 1]!;
    const range = Math.max(high[at]!, before) - Math.min(low[at]!, before);
    average += (range - average) / Math.min(at, period);
    if (at >= period) out[at] = average;
  }
  return out;
}
