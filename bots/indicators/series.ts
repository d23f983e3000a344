/**
 * One value a candle, aligned with the input. NaN until the indicator is warm (and only then): read single values with
 * `valueAt`, which says null instead.
 */
export type Series = Float64Array;

/** The value at `index` (negative: from the end); null where the indicator is not warm yet or there is no such candle. */
export function valueAt(series: Series, index: number): number | null {
  const value = series.at(index);
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** A series as long as its input with no value yet. */
export function coldSeries(length: number): Series {
  return new Float64Array(length).fill(Number.NaN);
}

/** The index of the first value; the length where there is none. */
export function warmFrom(series: Series): number {
  const first = series.findIndex((value) => !Number.isNaN(value));
  return first < 0 ? series.length : first;
}

/** Throws `RangeError` for a period that is no whole number of candles. */
export function checkPeriod(period: number): void {
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`A period is a whole number from 1, not ${period}`);
}

/** True where the series came from under `level` to it or above with the value at `index`. */
export function crossesUp(series: Series, index: number, level: number): boolean {
  const [before, now] = [valueAt(series, index - 1), valueAt(series, index)];
  return before !== null && now !== null && index > 0 && before < level && now >= level;
}

/** True where the series came from above `level` to it or under with the value at `index`. */
export function crossesDown(series: Series, index: number, level: number): boolean {
  const [before, now] = [valueAt(series, index - 1), valueAt(series, index)];
  return before !== null && now !== null && index > 0 && before > level && now <= level;
}
