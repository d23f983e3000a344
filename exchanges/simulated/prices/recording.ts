import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Amount } from '../../../bots/money.ts';
import { parse } from '../engine/amounts.ts';

/** A recorded candle. Amounts as written in the file, `openTime` in epoch ms. */
export interface RecordedCandle {
  openTime: number;
  open: Amount;
  high: Amount;
  low: Amount;
  close: Amount;
  volume: Amount;
}

/**
 * Reads candles by symbol from a CSV file, or from every `.csv` file of a folder. A file's name begins with its symbol
 * (`BTCUSDT.csv`, `BTCUSDT-1m.csv`); a line is `openTime,open,high,low,close,volume`, more columns and a header are
 * ignored. Throws an Error that names file and line.
 */
export async function readRecordings(path: string): Promise<Map<string, RecordedCandle[]>> {
  const recordings = new Map<string, RecordedCandle[]>();
  for (const file of await csvFiles(path)) {
    const symbol = /^[A-Z0-9]+/.exec(basename(file))?.[0];
    if (symbol === undefined)
      throw new Error(`${file}: its name must begin with a symbol, like BTCUSDT.csv.`);
    recordings.set(symbol, parseCandles(await readFile(file, 'utf8'), file));
  }
  if (recordings.size === 0) throw new Error(`${path}: there is no .csv file.`);
  return recordings;
}

async function csvFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Error(`${path}: there is no such file or folder.`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => name.endsWith('.csv'))
    .toSorted()
    .map((name) => join(path, name));
}

/** `name` is for error messages. */
export function parseCandles(text: string, name: string): RecordedCandle[] {
  const candles: RecordedCandle[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || (index === 0 && !/^\d/.test(line))) continue;
    const candle = parseCandle(line);
    const previous = candles.at(-1);
    if (candle === null)
      throw new Error(`${name}, line ${index + 1}: this is not openTime,open,high,low,close,volume.`);
    if (previous !== undefined && candle.openTime <= previous.openTime) {
      throw new Error(`${name}, line ${index + 1}: candles must be in the order of their times.`);
    }
    candles.push(candle);
  }
  if (candles.length === 0) throw new Error(`${name}: there are no candles.`);
  return candles;
}

function parseCandle(line: string): RecordedCandle | null {
  const [openTime = '', open = '', high = '', low = '', close = '', volume = ''] = line
    .split(',')
    .map((cell) => cell.trim());
  if (!/^\d+$/.test(openTime) || parse(volume) === null) return null;
  const prices = [open, high, low, close].map(parse);
  if (prices.some((price) => price === null || price === 0n)) return null;
  return { openTime: Number(openTime), open, high, low, close, volume };
}
