/** One candle; amounts are integers of 1e-8, `trades` a count. */
export interface CandleRow {
  openTime: number;
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  quoteVolume: bigint;
  trades: number;
  takerBase: bigint;
  takerQuote: bigint;
}

/** 64-bit integers in a stored row. */
export const FIELDS = 10;

/** A candle of an interval without trades. */
export function flat(openTime: number, price: bigint): CandleRow {
  const none = { volume: 0n, quoteVolume: 0n, trades: 0, takerBase: 0n, takerQuote: 0n };
  return { openTime, open: price, high: price, low: price, close: price, ...none };
}

/** Candles of a longer interval out of shorter ones, oldest first. `start` gives the open time of a candle's group. */
export function group(rows: CandleRow[], start: (openTime: number) => number): CandleRow[] {
  const groups: CandleRow[] = [];
  for (const row of rows) {
    const openTime = start(row.openTime);
    const last = groups.at(-1);
    if (last?.openTime === openTime) merge(last, row);
    else groups.push({ ...row, openTime });
  }
  return groups;
}

function merge(into: CandleRow, row: CandleRow): void {
  if (row.high > into.high) into.high = row.high;
  if (row.low < into.low) into.low = row.low;
  into.close = row.close;
  into.volume += row.volume;
  into.quoteVolume += row.quoteVolume;
  into.trades += row.trades;
  into.takerBase += row.takerBase;
  into.takerQuote += row.takerQuote;
}

/** Rows as base64, for a state file. */
export function encodeRows(rows: CandleRow[]): string {
  const cells = new BigInt64Array(rows.length * FIELDS);
  rows.forEach((row, n) => cells.set(cellsOf(row), n * FIELDS));
  return Buffer.from(cells.buffer).toString('base64');
}

export function decodeRows(text: string): CandleRow[] {
  const bytes = Buffer.from(text, 'base64');
  const cells = new BigInt64Array(bytes.length / 8);
  bytes.copy(new Uint8Array(cells.buffer));
  return Array.from({ length: cells.length / FIELDS }, (_, n) => rowAt(cells, n * FIELDS));
}

export function cellsOf(row: CandleRow): bigint[] {
  const { openTime, open, high, low, close, volume, quoteVolume, trades, takerBase, takerQuote } = row;
  return [
    BigInt(openTime),
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    BigInt(trades),
    takerBase,
    takerQuote,
  ];
}

export function rowAt(cells: BigInt64Array, at: number): CandleRow {
  const cell = (field: number): bigint => cells[at + field] as bigint;
  return {
    openTime: Number(cell(0)),
    open: cell(1),
    high: cell(2),
    low: cell(3),
    close: cell(4),
    volume: cell(5),
    quoteVolume: cell(6),
    trades: Number(cell(7)),
    takerBase: cell(8),
    takerQuote: cell(9),
  };
}
