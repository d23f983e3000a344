import { BinanceError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import { rateLimits, symbolInfo } from '../present-market.ts';
import { open, type Venue } from '../venue.ts';

const SYMBOL_STATUSES = ['TRADING', 'HALT', 'BREAK'] as const;

export const ping = open(1, () => ({}));

export const time = open(1, (venue) => ({ serverTime: venue.now() }));

export const exchangeInfo = open(20, (venue, parameters) => ({
  timezone: 'UTC',
  serverTime: venue.now(),
  rateLimits: [
    ...rateLimits(venue.weights.limits),
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
  ],
  exchangeFilters: [],
  symbols: chosen(venue, parameters),
}));

function chosen(venue: Venue, parameters: Parameters): object[] {
  const one = parameters.optionalSymbol();
  const many = parameters.symbols();
  const permissions = parameters.text('permissions');
  const status = parameters.choice('symbolStatus', SYMBOL_STATUSES, [-1122, 'Invalid symbolStatus.']);
  parameters.ignore('showPermissionSets');
  if ([one, many, permissions].filter((each) => each !== null).length > 1) {
    throw new BinanceError(-1128, 'Combination of optional parameters invalid.');
  }
  if (one !== null) return [symbolInfo(venue.rules(one))];
  if (many !== null) return distinct(many).map((symbol) => symbolInfo(venue.rules(symbol)));
  if (permissions !== null && !/SPOT/.test(permissions)) return [];
  if (status !== null && status !== 'TRADING') return [];
  return venue.allRules().map(symbolInfo);
}

function distinct(symbols: string[]): string[] {
  if (new Set(symbols).size < symbols.length) {
    throw new BinanceError(-1151, 'Symbol is present multiple times in the list.');
  }
  return symbols;
}
