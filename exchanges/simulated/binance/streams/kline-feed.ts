import type { EngineCandle } from '../../engine/types.ts';
import { eightDecimals } from '../present-order.ts';
import type { Venue } from '../venue.ts';
import type { Emit, Feed } from './feed.ts';

/** Ticks of 100 ms: one-second candles are told every second, longer ones every two (Spot API docs, "Kline streams"). */
const EVERY_SECOND = 10;
const EVERY_TWO = 20;
const MOST_MISSED = 100;

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
  function send(candle: EngineCandle): void {
    emit({ e: 'kline', E: venue.now(), s: symbol, k: presented(candle, symbol, interval) });
  }

  return {
    symbol,
    tick(number) {
      const closes = venue.engine.now() >= running + length;
      if (!closes && number % period !== 0) return;
      const missed = Math.floor((venue.engine.now() - running) / length);
      for (const candle of read(Math.min(missed + 1, MOST_MISSED))) {
        if (candle.openTime < running) continue;
        send(candle);
        running = candle.closed ? running : candle.openTime;
      }
    },
  };
}

function presented(candle: EngineCandle, symbol: string, interval: string): object {
  return {
    t: candle.openTime,
    T: candle.closeTime,
    s: symbol,
    i: interval,
    f: -1,
    L: -1,
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
