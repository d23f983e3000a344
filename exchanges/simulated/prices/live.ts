import type { Amount } from '../../../bots/money.ts';
import type { Engine, SymbolRules } from '../engine/types.ts';
import { House } from './house.ts';
import type { PriceSource } from './source.ts';

const POLL_MS = 1_000;

/** Reads the last prices of symbols, in venue form, from somewhere real. */
export type Tickers = (rules: SymbolRules[]) => Promise<Map<string, Amount>>;

/**
 * Follows a real venue's prices: reads them once a second and moves the books there. While they cannot be read the prices
 * stand still and `failed` is told, once per failure.
 */
export function createLivePrices(
  engine: Engine,
  read: Tickers,
  { seed, failed }: { seed: number; failed: (cause: unknown) => void },
): PriceSource {
  const house = new House(engine, seed);
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let closed = false;
  const source: PriceSource = {
    frozen: false,
    step(now) {
      if (source.frozen || closed || reading !== null || now - readAt < POLL_MS) return;
      readAt = now;
      reading = follow().finally(() => {
        reading = null;
      });
    },
    movePrice: (symbol, target) => house.movePrice(symbol, target),
    async close() {
      closed = true;
      await reading;
    },
  };
  async function follow(): Promise<void> {
    const prices = await read(engine.rules()).catch((cause: unknown) => {
      failed(cause);
      return new Map<string, Amount>();
    });
    if (source.frozen || closed) return;
    for (const [symbol, price] of prices) house.movePrice(symbol, price);
  }
  return source;
}

/** Public tickers of a venue that ccxt knows by this id. The library is loaded only now: it is large. */
export async function ccxtTickers(id: string): Promise<Tickers> {
  const { default: ccxt } = await import('ccxt');
  if (!ccxt.exchanges.includes(id)) throw new Error(`PAPER_FEED: ccxt knows no exchange "${id}".`);
  const Venue = ccxt[id as 'binance'];
  const venue = new Venue({ enableRateLimit: true });
  return async (rules) => {
    const names = new Map(rules.map(({ symbol, base, quote }) => [`${base}/${quote}`, symbol]));
    const tickers = await venue.fetchTickers([...names.keys()]);
    const prices = new Map<string, Amount>();
    for (const [name, symbol] of names) {
      const last = tickers[name]?.last;
      if (last !== undefined && last > 0) prices.set(symbol, last.toFixed(8));
    }
    return prices;
  };
}
