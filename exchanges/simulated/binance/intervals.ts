const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Binance's candle intervals in ms; months are of no fixed length and not served. */
const INTERVALS = new Map<string, number>([
  ['1s', 1_000],
  ['1m', MINUTE],
  ['3m', 3 * MINUTE],
  ['5m', 5 * MINUTE],
  ['15m', 15 * MINUTE],
  ['30m', 30 * MINUTE],
  ['1h', HOUR],
  ['2h', 2 * HOUR],
  ['4h', 4 * HOUR],
  ['6h', 6 * HOUR],
  ['8h', 8 * HOUR],
  ['12h', 12 * HOUR],
  ['1d', DAY],
  ['3d', 3 * DAY],
  ['1w', 7 * DAY],
]);

/** The length of `1m`, `4h`, ... in ms; null for what Binance has not. */
export function intervalLength(interval: string): number | null {
  return INTERVALS.get(interval) ?? null;
}
