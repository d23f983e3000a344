import { divide, unitsOf, written } from './amounts.ts';
import { type CandleRow, flat, group } from './candle-rows.ts';
import { CandleSeries } from './candle-series.ts';
import type { EngineCandle } from './types.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** The first Monday after the epoch: the venue's weeks open on Mondays. */
const MONDAY = 4 * DAY;
const AVERAGE_MINUTES = 5;

/**
 * The candles of one market. Three intervals are stored, bounded (1 s: 1,000; 1 m: 2,000; 1 h: 1,000 candles: 320 kB);
 * every other is put together from the longest of them that divides it.
 */
export class Candles {
  #seconds = new CandleSeries(SECOND, 1_000);
  #minutes = new CandleSeries(MINUTE, 2_000);
  #hours = new CandleSeries(HOUR, 1_000);
  #tradedMinute = 0;

  /** Opens the first candles where there are none yet. */
  begin(at: number, price: bigint): void {
    for (const series of [this.#seconds, this.#minutes, this.#hours]) {
      if (series.size === 0) series.put(flat(startOf(at, series.interval), price));
    }
  }

  /** Adds a trade. Returns the last minute with trades where this one is the first of a later minute. */
  trade(at: number, price: bigint, quantity: bigint, quote: bigint, takerBuys: boolean): CandleRow | null {
    this.#roll(at);
    for (const series of [this.#seconds, this.#minutes, this.#hours]) {
      series.trade(price, quantity, quote, takerBuys);
    }
    const before = this.#tradedMinute;
    this.#tradedMinute = this.#minutes.newestOpenTime;
    return before === this.#tradedMinute ? null : (this.#minutes.rows(before, before)[0] ?? null);
  }

  /** Oldest first, of the candles stored. Throws RangeError for an interval that no stored one divides. */
  read(
    interval: number,
    range: { start?: number; end?: number; limit: number },
    now: number,
  ): EngineCandle[] {
    this.#roll(now);
    const series = [this.#hours, this.#minutes, this.#seconds].find((one) => interval % one.interval === 0);
    if (series === undefined) throw new RangeError(`There are no candles of ${interval} ms.`);
    const span = (range.limit - 1) * interval;
    const end = Math.min(range.end ?? now, now);
    const first =
      range.start === undefined
        ? startOf(end, interval) - span
        : startOf(range.start + interval - 1, interval);
    const last = range.start === undefined ? startOf(end, interval) : Math.min(end, first + span);
    const rows = series.rows(first, startOf(last, interval) + interval - 1);
    return group(rows, (at) => startOf(at, interval)).map((row) => candleView(row, interval, now));
  }

  /** Rolling 24 hours, by whole minutes. */
  day(now: number): CandleRow {
    this.#roll(now);
    const opened = startOf(now - DAY, MINUTE) + MINUTE;
    return group(this.#minutes.rows(opened, now), () => opened)[0] as CandleRow;
  }

  /** Volume-weighted over five minutes, as the venue's `avgPrice`; null where nothing was traded in them. */
  average(now: number): bigint | null {
    this.#roll(now);
    const { volume, quoteVolume } = this.#minutes.total(now - AVERAGE_MINUTES * MINUTE);
    return volume === 0n ? null : divide(quoteVolume, volume);
  }

  /** Puts history before what there is: rows of the stored intervals, oldest first. Throws RangeError for another interval. */
  backfill(history: { interval: number; rows: CandleRow[] }[]): void {
    for (const { interval, rows } of history) {
      if (interval === SECOND) this.#seconds = before(this.#seconds, rows);
      else if (interval === MINUTE) this.#minutes = before(this.#minutes, rows);
      else if (interval === HOUR) this.#hours = before(this.#hours, rows);
      else throw new RangeError(`Candles of ${interval} ms are not stored: backfill 1 s, 1 m and 1 h.`);
    }
    sumUp(this.#seconds, this.#minutes, 0);
    sumUp(this.#minutes, this.#hours, 0);
  }

  /** Puts rows after, or over, what there is: what a restart knows of the past. Oldest first. */
  restore(interval: number, rows: CandleRow[]): void {
    const series = interval === MINUTE ? this.#minutes : this.#hours;
    for (const row of rows) series.put(row);
    if (interval === MINUTE) sumUp(this.#minutes, this.#hours, rows[0]?.openTime ?? 0);
  }

  /** What `restore` needs. */
  dump(): { interval: number; rows: CandleRow[] }[] {
    return [this.#hours, this.#minutes].map((series) => ({
      interval: series.interval,
      rows: series.rows(0, Number.MAX_SAFE_INTEGER),
    }));
  }

  #roll(at: number): void {
    this.#seconds.roll(at);
    this.#minutes.roll(at);
    this.#hours.roll(at);
  }
}

/** Makes the longer candles since `since` anew, those of which every shorter one is stored. */
function sumUp(shorter: CandleSeries, longer: CandleSeries, since: number): void {
  const { interval } = longer;
  const whole = startOf(shorter.oldestOpenTime + interval - 1, interval);
  const rows = shorter.rows(Math.max(startOf(since, interval), whole), Number.MAX_SAFE_INTEGER);
  for (const row of group(rows, (at) => startOf(at, interval))) longer.put(row);
}

/** When the candle of `at` opened. */
function startOf(at: number, interval: number): number {
  const origin = interval % WEEK === 0 ? MONDAY : 0;
  return Math.floor((at - origin) / interval) * interval + origin;
}

function before(present: CandleSeries, rows: CandleRow[]): CandleSeries {
  const series = new CandleSeries(present.interval, present.capacity);
  for (const row of rows) series.put(row);
  for (const row of present.rows(0, Number.MAX_SAFE_INTEGER)) series.put(row);
  return series;
}

function candleView(row: CandleRow, interval: number, now: number): EngineCandle {
  return {
    openTime: row.openTime,
    closeTime: row.openTime + interval - 1,
    open: written(row.open),
    high: written(row.high),
    low: written(row.low),
    close: written(row.close),
    volume: written(row.volume),
    quoteVolume: written(row.quoteVolume),
    trades: row.trades,
    takerBaseVolume: written(row.takerBase),
    takerQuoteVolume: written(row.takerQuote),
    closed: row.openTime + interval <= now,
  };
}

/** The other way round. */
export function rowOf(candle: EngineCandle): CandleRow {
  return {
    openTime: candle.openTime,
    open: unitsOf(candle.open),
    high: unitsOf(candle.high),
    low: unitsOf(candle.low),
    close: unitsOf(candle.close),
    volume: unitsOf(candle.volume),
    quoteVolume: unitsOf(candle.quoteVolume),
    trades: candle.trades,
    takerBase: unitsOf(candle.takerBaseVolume),
    takerQuote: unitsOf(candle.takerQuoteVolume),
  };
}
