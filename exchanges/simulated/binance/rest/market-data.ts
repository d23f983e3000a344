import type { PublicTrade } from '../../engine/types.ts';
import { BinanceError } from '../errors.ts';
import { intervalLength } from '../intervals.ts';
import type { Parameters } from '../parameters.ts';
import { aggregateTrade, kline, levels, publicTrade } from '../present-market.ts';
import { eightDecimals } from '../present-order.ts';
import { open, type Venue } from '../venue.ts';

const MOST_LEVELS = 5_000;
const MOST_ROWS = 1_000;
const STANDARD_ROWS = 500;
/** The engine keeps fewer; whatever it has is looked through. */
const ALL_TRADES = Number.MAX_SAFE_INTEGER;

export const depth = open(depthWeight, (venue, parameters) => {
  const { symbol } = venue.rules(parameters.symbol());
  const book = venue.engine.depth(symbol, parameters.limit(100, MOST_LEVELS));
  return { lastUpdateId: book.lastUpdateId, bids: levels(book.bids), asks: levels(book.asks) };
});

export const trades = open(25, (venue, parameters) => {
  const { symbol } = venue.rules(parameters.symbol());
  return venue.engine.trades(symbol, parameters.limit(STANDARD_ROWS, MOST_ROWS)).map(publicTrade);
});

export const historicalTrades = open(25, (venue, parameters) =>
  tradesFrom(venue, parameters).map(publicTrade),
);

export const aggTrades = open(4, (venue, parameters) => tradesFrom(venue, parameters).map(aggregateTrade));

export const klines = open(2, (venue, parameters) => {
  const { symbol } = venue.rules(parameters.symbol());
  const interval = parameters.required('interval');
  const length = intervalLength(interval);
  if (length === null) throw new BinanceError(-1120, 'Invalid interval.');
  parameters.ignore('timeZone');
  const start = parameters.integer('startTime');
  const end = parameters.integer('endTime');
  const limit = parameters.limit(STANDARD_ROWS, MOST_ROWS);
  return venue.engine
    .candles(symbol, length, {
      ...(start === null ? null : { start }),
      ...(end === null ? null : { end }),
      limit,
    })
    .map(kline);
});

export const avgPrice = open(2, (venue, parameters) => {
  const { symbol } = venue.rules(parameters.symbol());
  const price = eightDecimals(venue.engine.averagePrice(symbol));
  return { mins: 5, price, closeTime: venue.engine.trades(symbol, 1).at(-1)?.at ?? venue.now() };
});

/** Weights by the number of levels (Spot API docs, "Order book"). */
function depthWeight(parameters: Parameters): number {
  const limit = parameters.limit(100, MOST_LEVELS);
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1_000 ? 50 : 250;
}

/** Trades by `fromId`, by time, or the newest; oldest first. */
function tradesFrom(venue: Venue, parameters: Parameters): PublicTrade[] {
  const { symbol } = venue.rules(parameters.symbol());
  const limit = parameters.limit(STANDARD_ROWS, MOST_ROWS);
  const fromId = parameters.integer('fromId');
  const start = parameters.integer('startTime');
  const end = parameters.integer('endTime');
  if (start !== null && end !== null && start > end) {
    throw new BinanceError(-1023, 'Start time is greater than end time.');
  }
  if (fromId === null && start === null && end === null) return venue.engine.trades(symbol, limit);
  const all = venue.engine.trades(symbol, ALL_TRADES);
  const wanted = all.filter(
    (trade) =>
      trade.tradeId >= (fromId ?? 0) &&
      trade.at >= (start ?? 0) &&
      trade.at <= (end ?? Number.MAX_SAFE_INTEGER),
  );
  return fromId === null && start === null ? wanted.slice(-limit) : wanted.slice(0, limit);
}
