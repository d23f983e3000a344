import type { EngineCandle } from '../../engine/types.ts';
import { eightDecimals } from '../present-order.ts';
import type { Venue } from '../venue.ts';
import type { Emit, Feed } from './feed.ts';

/** Ticks of 100 ms: one-second candles are told every second, longer ones every two (Spot API docs, "Kline streams"). */
const EVERY_SECOND = 10;
const EVERY_TWO = 20;
const MOST_MISSED = 100;

/** First and last trade id. */
interface TradeIds {
  f: number;
  L: number;
}
const NO_TRADES: TradeIds = { f: -1, L: -1 };

/** `<symbol>@kline_<interval>`: the running candle as it grows, and each one once more when it has closed. */
export function klineFeed(
  venue: Venue,
  symbol: string,
  { interval, length }: { interval: string; length: number },
  emit: Emit,
): Feed {
  const period = length === 1_000 ? EVERY_SECOND : EVERY_TWO;
  let running = Math.max(...read(1).map((candle) => candle.openTime));

  function read(limit: number): EngineCandle[] {
    return venue.engine.candles(symbol, length, { limit });
  }
  function send(candle: EngineCandle, ids: TradeIds): void {
    emit({ e: 'kline', E: venue.now(), s: symbol, k: { ...presented(candle, symbol, interval), ...ids } });
  }

  return {
    symbol,
    tick(number) {
      const closes = venue.engine.now() >= running + length;
      if (!closes && number % period !== 0) return;
      const missed = Math.floor((venue.engine.now() - running) / length);
      const candles = read(Math.min(missed + 1, MOST_MISSED));
      const ids = tradeIdsOf(candles, venue.engine.trades(symbol, 1)[0]?.tradeId ?? null);
      for (const [n, candle] of candles.entries()) {
        if (candle.openTime < running) continue;
        send(candle, ids[n] ?? NO_TRADES);
        running = candle.closed ? running : candle.openTime;
      }
    },
  };
}

/** Of each candle the first and the last trade, counted back from the newest of all: the running one's. */
function tradeIdsOf(candles: EngineCandle[], newest: number | null): TradeIds[] {
  let last = newest;
  const ids = candles.toReversed().map(({ trades }) => {
    if (last === null || trades === 0) return NO_TRADES;
    const L = last;
    last -= trades;
    return { f: last + 1, L };
  });
  return ids.toReversed();
}

function presented(candle: EngineCandle, symbol: string, interval: string): object {
  return {
    t: candle.openTime,
    T: candle.closeTime,
    s: symbol,
    i: interval,
    o: eightDecimals(candle.open),
    c: eightDecimals(candle.close),
    h: eightDecimals(candle.high),
    l: eightDecimals(candle.low),
    v: eightDecimals(candle.volume),
    n: candle.trades,
    x: candle.closed,
    q: eightDecimals(candle.quoteVolume),
    V: eightDecimals(candle.takerBaseVolume),
    Q: eightDecimals(candle.takerQuoteVolume),
    B: '0',
  };
}
