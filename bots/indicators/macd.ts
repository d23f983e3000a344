import { ema } from './ema.ts';
import type { Series } from './series.ts';

/** MACD line (fast less slow EMA), its signal (EMA of the line) and their difference. */
export function macd(
  closes: Series,
  { fast = 12, slow = 26, signal = 9 }: { fast?: number; slow?: number; signal?: number } = {},
): { line: Series; signal: Series; histogram: Series } {
  const line = minus(ema(closes, fast), ema(closes, slow));
  const smoothed = ema(line, signal);
  return { line, signal: smoothed, histogram: minus(line, smoothed) };
}

/** NaN wherever one of the two is not warm. */
function minus(left: Series, right: Series): Series {
  return left.map((value, at) => value - right[at]!);
}
