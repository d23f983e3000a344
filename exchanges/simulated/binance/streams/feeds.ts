import type { PublicTrade } from '../../engine/types.ts';
import { intervalLength } from '../intervals.ts';
import { best, dayChange, levels } from '../present-market.ts';
import { eightDecimals } from '../present-order.ts';
import type { Venue } from '../venue.ts';
import { depthFeed } from './depth-feed.ts';
import type { Emit, Feed } from './feed.ts';
import { klineFeed } from './kline-feed.ts';

const SECOND = 10;
const NAME = /^([a-z0-9]{1,20})@([a-zA-Z]+)(?:_?([0-9]+[smhdw]?))?(?:@(100|1000)ms)?$/;

/** The feed of a stream's name, as `btcusdt@depth20@100ms`; null for a name that Binance would serve nothing under. */
export function createFeed(name: string, venue: Venue, emit: Emit): Feed | null {
  if (name === '!ticker@arr') return everyMarket(venue, (symbol) => ticker(venue, symbol), emit);
  if (name === '!miniTicker@arr') return everyMarket(venue, (symbol) => miniTicker(venue, symbol), emit);
  const [, market = '', kind = '', detail = '', speed = '1000'] = NAME.exec(name) ?? [];
  const rules = venue.allRules().find((each) => each.symbol.toLowerCase() === market);
  return rules === undefined ? null : marketFeed({ symbol: rules.symbol, kind, detail, speed }, venue, emit);
}

function marketFeed(
  { symbol, kind, detail, speed }: { symbol: string; kind: string; detail: string; speed: string },
  venue: Venue,
  emit: Emit,
): Feed | null {
  const period = Number(speed) / 100;
  if (kind === 'depth' && detail !== '') return partialDepth(venue, symbol, Number(detail), period, emit);
  if (kind === 'depth') return depthFeed(venue, symbol, period, emit);
  if (kind === 'kline') {
    const length = intervalLength(detail);
    return length === null ? null : klineFeed(venue, symbol, { interval: detail, length }, emit);
  }
  if (detail !== '') return null;
  switch (kind) {
    case 'trade':
      return { symbol, trade: (trade) => emit(tradeEvent(trade)) };
    case 'aggTrade':
      return { symbol, trade: (trade) => emit(aggregateEvent(trade)) };
    case 'bookTicker':
      return bookTicker(venue, symbol, emit);
    case 'ticker':
      return everySecond(symbol, () => emit(ticker(venue, symbol)));
    case 'miniTicker':
      return everySecond(symbol, () => emit(miniTicker(venue, symbol)));
    case 'avgPrice':
      return everySecond(symbol, () => emit(averagePrice(venue, symbol)));
    default:
      return null;
  }
}

function everySecond(symbol: string | null, send: () => void): Feed {
  return { symbol, tick: (number) => (number % SECOND === 0 ? send() : undefined) };
}

function everyMarket(venue: Venue, row: (symbol: string) => object, emit: (payload: object) => void): Feed {
  return everySecond(null, () => emit(venue.allRules().map(({ symbol }) => row(symbol))));
}

function partialDepth(venue: Venue, symbol: string, count: number, period: number, emit: Emit): Feed | null {
  if (count !== 5 && count !== 10 && count !== 20) return null;
  return {
    symbol,
    tick(number) {
      if (number % period !== 0) return;
      const depth = venue.engine.depth(symbol, count);
      emit({ lastUpdateId: depth.lastUpdateId, bids: levels(depth.bids), asks: levels(depth.asks) });
    },
  };
}

/** Only what changed at the top is told. */
function bookTicker(venue: Venue, symbol: string, emit: Emit): Feed {
  let last = '';
  return {
    symbol,
    book() {
      const depth = venue.engine.depth(symbol, 1);
      const { bid, ask } = best(depth);
      const now = `${bid[0]} ${bid[1]} ${ask[0]} ${ask[1]}`;
      if (now === last) return;
      last = now;
      emit({ u: depth.lastUpdateId, s: symbol, b: bid[0], B: bid[1], a: ask[0], A: ask[1] });
    },
  };
}

function tradeEvent(trade: PublicTrade): object {
  return {
    e: 'trade',
    E: trade.at,
    s: trade.symbol,
    t: trade.tradeId,
    p: eightDecimals(trade.price),
    q: eightDecimals(trade.quantity),
    T: trade.at,
    m: trade.buyerIsMaker,
    M: true,
  };
}

function aggregateEvent(trade: PublicTrade): object {
  return {
    e: 'aggTrade',
    E: trade.at,
    s: trade.symbol,
    a: trade.tradeId,
    p: eightDecimals(trade.price),
    q: eightDecimals(trade.quantity),
    f: trade.tradeId,
    l: trade.tradeId,
    T: trade.at,
    m: trade.buyerIsMaker,
    M: true,
  };
}

function averagePrice(venue: Venue, symbol: string): object {
  const last = venue.engine.trades(symbol, 1).at(-1);
  const w = eightDecimals(venue.engine.averagePrice(symbol));
  return { e: 'avgPrice', E: venue.now(), s: symbol, i: '5m', w, T: last?.at ?? venue.now() };
}

function miniTicker(venue: Venue, symbol: string): object {
  const day = venue.engine.day(symbol);
  return {
    e: '24hrMiniTicker',
    E: venue.now(),
    s: symbol,
    c: eightDecimals(day.last),
    o: eightDecimals(day.open),
    h: eightDecimals(day.high),
    l: eightDecimals(day.low),
    v: eightDecimals(day.volume),
    q: eightDecimals(day.quoteVolume),
  };
}

function ticker(venue: Venue, symbol: string): object {
  const day = venue.engine.day(symbol);
  const { change, percent, weighted, previous } = dayChange(day);
  const { bid, ask } = best(venue.engine.depth(symbol, 1));
  return {
    e: '24hrTicker',
    E: venue.now(),
    s: symbol,
    p: change,
    P: percent,
    w: weighted,
    x: previous,
    c: eightDecimals(day.last),
    Q: eightDecimals(venue.engine.trades(symbol, 1).at(-1)?.quantity ?? null),
    b: bid[0],
    B: bid[1],
    a: ask[0],
    A: ask[1],
    o: eightDecimals(day.open),
    h: eightDecimals(day.high),
    l: eightDecimals(day.low),
    v: eightDecimals(day.volume),
    q: eightDecimals(day.quoteVolume),
    O: day.openTime,
    C: day.closeTime,
    F: day.firstTradeId,
    L: day.lastTradeId,
    n: day.trades,
  };
}
