import type { Candle, Timeframe } from '../../bots/market.ts';
import type { Amount } from '../../bots/money.ts';
import type { Balance, Exchange, VenueOrder } from '../../exchanges/port.ts';

/** Callers that ask within this time share one read. */
const WINDOW_MS = 20;

/** Reads of a venue that many bots ask for at once, each made once for all who asked before it began. */
export interface VenueReads {
  openOrders(exchange: Exchange, accountId: string, symbol: string): Promise<VenueOrder[]>;
  balances(exchange: Exchange, accountId: string): Promise<Balance[]>;
  price(exchange: Exchange, venue: string, symbol: string): Promise<{ price: Amount; at: number }>;
  candles(
    exchange: Exchange,
    venue: string,
    symbol: string,
    timeframe: Timeframe,
    limit: number,
  ): Promise<Candle[]>;
}

export function createVenueReads(): VenueReads {
  const orders = sharing<VenueOrder[]>();
  const balances = sharing<Balance[]>();
  const prices = sharing<{ price: Amount; at: number }>();
  const candles = sharing<Candle[]>();
  return {
    openOrders: (exchange, accountId, symbol) =>
      orders(`${accountId} ${symbol}`, () => exchange.openOrders(symbol)),
    balances: (exchange, accountId) => balances(accountId, () => exchange.balances()),
    price: (exchange, venue, symbol) => prices(`${venue} ${symbol}`, () => exchange.price(symbol)),
    candles: (exchange, venue, symbol, timeframe, limit) =>
      candles(`${venue} ${symbol} ${timeframe} ${limit}`, () =>
        exchange.candles(symbol, timeframe, { limit }),
      ),
  };
}

/** The read begins after the last of its callers asked, so none is given an answer from before its question. */
function sharing<T>(): (key: string, read: () => Promise<T>) => Promise<T> {
  const waiting = new Map<string, Promise<T>>();
  return (key, read) => {
    const joined = waiting.get(key);
    if (joined) return joined;
    const shared = new Promise<T>((resolve, reject) => {
      setTimeout(() => {
        waiting.delete(key);
        read().then(resolve, reject);
      }, WINDOW_MS);
    });
    waiting.set(key, shared);
    return shared;
  };
}
