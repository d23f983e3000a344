import { mean } from './ema.ts';
import { checkPeriod, coldSeries, type Series } from './series.ts';

/**
 * Bollinger bands: the plain average of `period` closes and `deviations` population standard deviations around it.
 * Each window is summed anew, so that no rounding error is carried along.
 */
export function bollinger(
  closes: Series,
  { period = 20, deviations = 2 }: { period?: number; deviations?: number } = {},
): { middle: Series; upper: Series; lower: Series } {
  checkPeriod(period);
  const [middle, upper, lower] = [
    coldSeries(closes.length),
    coldSeries(closes.length),
    coldSeries(closes.length),
  ];
  for (let at = period - 1; at < closes.length; at++) {
    const window = closes.subarray(at - period + 1, at + 1);
    const centre = mean(window);
    const width = deviations * Math.sqrt(mean(window.map((value) => (value - centre) ** 2)));
    middle[at] = centre;
    upper[at] = centre + width;
    lower[at] = centre - width;
  }
  return { middle, upper, lower };
}
