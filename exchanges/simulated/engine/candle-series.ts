import { type CandleRow, FIELDS, cellsOf, flat, rowAt } from './candle-rows.ts';

/**
 * The newest `capacity` candles of one interval, without gaps: an interval without trades is flat.
 * A ring of 64-bit integers, because a thousand candles of fifty markets as objects would be most of the process.
 */
export class CandleSeries {
  readonly interval: number;
  readonly capacity: number;
  readonly #cells: BigInt64Array;
  #first = 0;
  #size = 0;

  constructor(interval: number, capacity: number) {
    this.interval = interval;
    this.capacity = capacity;
    this.#cells = new BigInt64Array(capacity * FIELDS);
  }

  get size(): number {
    return this.#size;
  }

  get oldestOpenTime(): number {
    return this.#openTime(0);
  }

  get newestOpenTime(): number {
    return this.#openTime(this.#size - 1);
  }

  /** The rows from `openTime` `from` to `to`, both included, oldest first. */
  rows(from: number, to: number): CandleRow[] {
    if (this.#size === 0) return [];
    const oldest = this.oldestOpenTime;
    const start = Math.max(0, Math.ceil((from - oldest) / this.interval));
    const end = Math.min(this.#size - 1, Math.floor((to - oldest) / this.interval));
    return Array.from({ length: Math.max(0, end - start + 1) }, (_, n) => this.#row(start + n));
  }

  /** Volume of the candles that opened at `from` or later. */
  total(from: number): { volume: bigint; quoteVolume: bigint } {
    const total = { volume: 0n, quoteVolume: 0n };
    for (let index = this.#size - 1; index >= 0 && this.#openTime(index) >= from; index -= 1) {
      total.volume += this.#cells[this.#offset(index) + 5] as bigint;
      total.quoteVolume += this.#cells[this.#offset(index) + 6] as bigint;
    }
    return total;
  }

  /** Writes a candle after the newest, or over one there is. What lies between is filled flat. */
  put(row: CandleRow): void {
    if (this.#size > 0 && row.openTime < this.#openTime(0)) return;
    if (this.#size > 0) this.roll(row.openTime);
    else this.#size = 1;
    const first = this.#size === 1 ? row.openTime : this.#openTime(0);
    this.#write((row.openTime - first) / this.interval, row);
  }

  /** Makes the running candle the one of `at`. */
  roll(at: number): void {
    if (this.#size === 0) return;
    const running = Math.floor(at / this.interval) * this.interval;
    const newest = this.newestOpenTime;
    if (running <= newest) return;
    const close = this.#cells[this.#offset(this.#size - 1) + 4] as bigint;
    const missing = Math.min((running - newest) / this.interval, this.capacity);
    for (let n = missing - 1; n >= 0; n -= 1) this.#append(flat(running - n * this.interval, close));
  }

  /** Adds a trade to the running candle. */
  trade(price: bigint, quantity: bigint, quote: bigint, takerBuys: boolean): void {
    const cells = this.#cells;
    const at = this.#offset(this.#size - 1);
    if (cells[at + 7] === 0n) cells.fill(price, at + 1, at + 4);
    if (price > (cells[at + 2] as bigint)) cells[at + 2] = price;
    if (price < (cells[at + 3] as bigint)) cells[at + 3] = price;
    cells[at + 4] = price;
    this.#increase(at + 5, quantity);
    this.#increase(at + 6, quote);
    this.#increase(at + 7, 1n);
    if (!takerBuys) return;
    this.#increase(at + 8, quantity);
    this.#increase(at + 9, quote);
  }

  #openTime(index: number): number {
    return Number(this.#cells[this.#offset(index)]);
  }

  #row(index: number): CandleRow {
    return rowAt(this.#cells, this.#offset(index));
  }

  #increase(cell: number, by: bigint): void {
    this.#cells[cell] = (this.#cells[cell] as bigint) + by;
  }

  #append(row: CandleRow): void {
    if (this.#size < this.capacity) this.#size += 1;
    else this.#first = (this.#first + 1) % this.capacity;
    this.#write(this.#size - 1, row);
  }

  #write(index: number, row: CandleRow): void {
    this.#cells.set(cellsOf(row), this.#offset(index));
  }

  #offset(index: number): number {
    return ((this.#first + index) % this.capacity) * FIELDS;
  }
}
