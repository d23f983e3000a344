import { unitsOf, written } from '../engine/amounts.ts';
import type { Engine, EngineCandle } from '../engine/types.ts';
import { createRandom, type Random } from './random.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How far prices wander in one candle, and how many candles they take to come back. */
const WANDER = {
  second: { deviation: 0.0001, relaxation: 600 },
  minute: { deviation: 0.0008, relaxation: 120 },
  hour: { deviation: 0.004, relaxation: 48 },
};
const SECONDS = 600;
const MINUTES = 1_000;
const HOURS = 1_000;

/**
 * Gives a symbol a past that ends at its last price: ten minutes of seconds, then about a thousand minutes, then a thousand
 * hours, generated from the seed. Each is the sum of the finer ones where they overlap.
 */
export function backfillHistory(engine: Engine, symbol: string, seed: number): void {
  const past = new Past(engine, symbol, seed);
  const now = Math.floor(engine.now() / MINUTE) * MINUTE;
  const seconds = past.candles(SECOND, SECONDS, now, WANDER.second);
  const begun = now - SECONDS * SECOND;
  const minutesFrom = Math.floor((begun - MINUTES * MINUTE) / HOUR) * HOUR;
  const minutes = past.candles(MINUTE, (begun - minutesFrom) / MINUTE, begun, WANDER.minute);
  const hours = past.candles(HOUR, HOURS, minutesFrom, WANDER.hour);
  engine.backfill(symbol, [
    { interval: HOUR, candles: hours },
    { interval: MINUTE, candles: minutes },
    { interval: SECOND, candles: seconds },
  ]);
}

/** Walks back in time from the last price. */
class Past {
  readonly #random: Random;
  readonly #anchor: number;
  readonly #tick: bigint;
  /** Of a trade, on average. */
  readonly #notional: number;
  /** Logarithm of price / anchor. */
  #deviation = 0;

  constructor(engine: Engine, symbol: string, seed: number) {
    const rules = engine.rules().find((each) => each.symbol === symbol);
    if (rules === undefined) throw new Error(`${symbol} is not listed.`);
    this.#random = createRandom(seed, `history:${symbol}`);
    this.#anchor = Number(engine.lastPrice(symbol));
    this.#tick = unitsOf(rules.tickSize);
    this.#notional = 400 * Number(rules.minNotional);
  }

  /** The `count` candles before `end`, oldest first. */
  candles(
    interval: number,
    count: number,
    end: number,
    wander: { deviation: number; relaxation: number },
  ): EngineCandle[] {
    const candles: EngineCandle[] = [];
    for (let n = 1; n <= count; n += 1) candles.push(this.#candle(interval, end - n * interval, wander));
    return candles.toReversed();
  }

  #candle(
    interval: number,
    openTime: number,
    { deviation, relaxation }: { deviation: number; relaxation: number },
  ): EngineCandle {
    const close = this.#deviation;
    const open = close * (1 - 1 / relaxation) + deviation * this.#random.normal();
    this.#deviation = open;
    const high = Math.max(open, close) + (deviation / 2) * Math.abs(this.#random.normal());
    const low = Math.min(open, close) - (deviation / 2) * Math.abs(this.#random.normal());
    const trades = Math.ceil((interval / SECOND) * (1 + 3 * this.#random.next()));
    const quoteVolume = trades * this.#notional * (0.5 + this.#random.next());
    const taker = 0.3 + 0.4 * this.#random.next();
    const volume = quoteVolume / this.#anchor;
    return {
      openTime,
      closeTime: openTime + interval - 1,
      open: this.#price(open),
      high: this.#price(high),
      low: this.#price(low),
      close: this.#price(close),
      volume: volume.toFixed(8),
      quoteVolume: quoteVolume.toFixed(8),
      trades,
      takerBaseVolume: (volume * taker).toFixed(8),
      takerQuoteVolume: (quoteVolume * taker).toFixed(8),
      closed: true,
    };
  }

  #price(deviation: number): string {
    const units = BigInt(Math.round(this.#anchor * Math.exp(deviation) * 1e8));
    const ticks = (units + this.#tick / 2n) / this.#tick;
    return written((ticks === 0n ? 1n : ticks) * this.#tick);
  }
}
