import { setImmediate } from 'node:timers/promises';
import type { Amount } from '../../../bots/money.ts';
import type { Engine, SymbolRules } from '../engine/types.ts';
import { backfillHistory } from './history.ts';
import { ccxtTickers, createLivePrices, type Tickers } from './live.ts';
import { readRecordings } from './recording.ts';
import { createReplay } from './replay.ts';
import type { PriceSource } from './source.ts';
import { createSyntheticPrices } from './synthetic.ts';

export interface Listing {
  rules: SymbolRules;
  startPrice: Amount;
}

export interface PriceSettings {
  /** `synthetic`, `file:PATH` (a CSV file or a folder of them) or `live:ID` (an exchange of ccxt). */
  feed: string;
  seed: number;
  /** Synthetic and recorded prices. */
  speed?: number;
  /** Synthetic prices. */
  volatility?: number;
  /** Told when live prices cannot be read. */
  failed?: (cause: unknown) => void;
}

/**
 * Lists what the engine does not know yet, with a history that ends at the source's first price, puts quotes on every book
 * and returns the source that moves prices from there. Throws an Error that names what is wrong with `feed`.
 */
export async function openPriceSource(
  engine: Engine,
  listings: Listing[],
  settings: PriceSettings,
): Promise<PriceSource> {
  const source = await openFeed(engine, listings, settings);
  for (const { symbol } of engine.rules()) source.movePrice(symbol, engine.lastPrice(symbol));
  return source;
}

async function openFeed(engine: Engine, listings: Listing[], settings: PriceSettings): Promise<PriceSource> {
  const [kind = '', ...rest] = settings.feed.split(':');
  const name = rest.join(':');
  if (kind === 'synthetic' && name === '') {
    await list(engine, listings, settings.seed, new Map());
    return createSyntheticPrices(engine, settings);
  }
  if (kind === 'file' && name !== '') return openRecording(engine, listings, settings, name);
  if (kind === 'live' && name !== '') return openLive(engine, listings, settings, await ccxtTickers(name));
  throw new Error(
    `PAPER_FEED is "${settings.feed}": use synthetic, file:PATH or live:EXCHANGE, like live:binance.`,
  );
}

async function openRecording(
  engine: Engine,
  listings: Listing[],
  settings: PriceSettings,
  path: string,
): Promise<PriceSource> {
  const recordings = await readRecordings(path);
  const first = [...recordings].map(([symbol, [candle]]): [string, Amount | undefined] => [
    symbol,
    candle?.open,
  ]);
  await list(engine, listings, settings.seed, new Map(first));
  const listed = new Set(engine.rules().map(({ symbol }) => symbol));
  const unknown = [...recordings.keys()].find((symbol) => !listed.has(symbol));
  if (unknown !== undefined) throw new Error(`${path} has candles of ${unknown}, which is not listed.`);
  return createReplay(engine, recordings, settings);
}

/** Where the venue cannot be reached at first, symbols are listed at their own start prices. */
async function openLive(
  engine: Engine,
  listings: Listing[],
  { seed, failed = () => {} }: PriceSettings,
  read: Tickers,
): Promise<PriceSource> {
  const prices = await read(listings.map(({ rules }) => rules)).catch((cause: unknown) => {
    failed(cause);
    return new Map<string, Amount>();
  });
  await list(engine, listings, seed, prices);
  return createLivePrices(engine, read, { seed, failed });
}

/** One symbol a turn, so that their histories are not in memory, on their way to a state file, all at once. */
async function list(
  engine: Engine,
  listings: Listing[],
  seed: number,
  prices: ReadonlyMap<string, Amount | undefined>,
): Promise<void> {
  const known = new Set(engine.rules().map(({ symbol }) => symbol));
  for (const { rules, startPrice } of listings) {
    if (known.has(rules.symbol)) continue;
    engine.addSymbol(rules, prices.get(rules.symbol) ?? startPrice);
    backfillHistory(engine, rules.symbol, seed);
    await setImmediate();
  }
}
