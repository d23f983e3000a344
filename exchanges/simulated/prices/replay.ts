import type { Amount } from '../../../bots/money.ts';
import { unitsOf } from '../engine/amounts.ts';
import type { Engine } from '../engine/types.ts';
import { House } from './house.ts';
import type { RecordedCandle } from './recording.ts';
import type { PriceSource } from './source.ts';

/** Trades that one call of `step` may make up for; what is longer ago is left out. */
const MOST_AT_ONCE = 100;

interface Point {
  /** Ms after the first candle opened. */
  at: number;
  price: Amount;
  quantity: bigint;
}

/**
 * Plays recorded candles as trades, from the first call of `step` on: open, low, high, close where the candle rose; open,
 * high, low, close where it fell. `speed` 60 plays an hour in a minute. At its end a price stays where it is. Symbols
 * without a recording do not move.
 */
export function createReplay(
  engine: Engine,
  recordings: Map<string, RecordedCandle[]>,
  { seed, speed = 1 }: { seed: number; speed?: number },
): PriceSource {
  const house = new House(engine, seed);
  const tracks = new Map([...recordings].map(([symbol, candles]) => [symbol, pointsOf(candles)]));
  let elapsed = 0;
  let steppedAt: number | null = null;
  return {
    frozen: false,
    step(now) {
      elapsed += this.frozen || steppedAt === null ? 0 : (now - steppedAt) * speed;
      steppedAt = now;
      if (this.frozen) return;
      for (const [symbol, points] of tracks) {
        const due = points.findIndex(({ at }) => at > elapsed);
        const played = points.splice(0, due === -1 ? points.length : due);
        for (const { price, quantity } of played.slice(-MOST_AT_ONCE))
          house.movePrice(symbol, price, quantity);
      }
    },
    movePrice: (symbol, target) => house.movePrice(symbol, target),
    close: () => Promise.resolve(),
  };
}

function pointsOf(candles: RecordedCandle[]): Point[] {
  const begin = candles[0]?.openTime ?? 0;
  return candles.flatMap((candle, n) => {
    const { openTime, open, high, low, close } = candle;
    const length = lengthOf(candles, n);
    const rose = unitsOf(close) >= unitsOf(open);
    const quantity = unitsOf(candle.volume) / 4n;
    return [open, ...(rose ? [low, high] : [high, low]), close].map((price, quarter) => ({
      at: openTime - begin + (quarter * length) / 4,
      price,
      quantity,
    }));
  });
}

/** The time to the next candle; the last is as long as the one before. */
function lengthOf(candles: RecordedCandle[], n: number): number {
  const [from, to] = n + 1 < candles.length ? [n, n + 1] : [n - 1, n];
  return (candles[to]?.openTime ?? 0) - (candles[from]?.openTime ?? 0);
}
