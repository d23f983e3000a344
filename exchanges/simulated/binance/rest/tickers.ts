import { BinanceError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import { bookTicker as present, dayTicker, miniTicker } from '../present-market.ts';
import { eightDecimals } from '../present-order.ts';
import { open, type Venue } from '../venue.ts';

const KINDS = ['FULL', 'MINI'] as const;

export const priceTicker = open(
  (parameters) => (parameters.has('symbol') ? 2 : 4),
  (venue, parameters) =>
    forEach(venue, parameters, (symbol) => ({
      symbol,
      price: eightDecimals(venue.engine.lastPrice(symbol)),
    })),
);

export const bookTicker = open(
  (parameters) => (parameters.has('symbol') ? 2 : 4),
  (venue, parameters) =>
    forEach(venue, parameters, (symbol) => present(symbol, venue.engine.depth(symbol, 1))),
);

export const dayTickers = open(dayWeight, (venue, parameters) => {
  const kind = parameters.choice('type', KINDS, [-1139, 'Invalid ticker type.']) ?? 'FULL';
  return forEach(venue, parameters, (symbol) => {
    const day = venue.engine.day(symbol);
    if (kind === 'MINI') return miniTicker(day);
    return dayTicker(day, venue.engine.depth(symbol, 1), venue.engine.trades(symbol, 1).at(-1) ?? null);
  });
});

/** Spot API docs, "24hr ticker price change statistics": 2 for one symbol and up to 20, 40 up to 100, 80 beyond and for all. */
function dayWeight(parameters: Parameters): number {
  if (parameters.has('symbol')) return 2;
  const count = parameters.symbols()?.length ?? Number.POSITIVE_INFINITY;
  if (count <= 20) return 2;
  return count <= 100 ? 40 : 80;
}

/** One object for `symbol`, a list for `symbols` and for none of them: every market. */
function forEach(venue: Venue, parameters: Parameters, row: (symbol: string) => object): object {
  const one = parameters.optionalSymbol();
  const many = parameters.symbols();
  parameters.ignore('symbolStatus');
  if (one !== null && many !== null) {
    throw new BinanceError(-1128, 'Combination of optional parameters invalid.');
  }
  if (one !== null) return row(venue.rules(one).symbol);
  const symbols = many ?? venue.allRules().map((rules) => rules.symbol);
  return symbols.map((symbol) => row(venue.rules(symbol).symbol));
}
