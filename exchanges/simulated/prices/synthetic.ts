import type { Amount } from '../../../bots/money.ts';
import type { Engine } from '../engine/types.ts';
import { House } from './house.ts';
import { createRandom, type Random } from './random.ts';
import type { PriceSource } from './source.ts';

export interface SyntheticSettings {
  /** Same seed, same calls of `step`: same tape. */
  seed: number;
  /** 2: twice as fast. */
  speed?: number;
  /** 2: twice as far. */
  volatility?: number;
}

const STEP_MS = 250;
/** A longer pause between two steps (a slept machine, frozen prices) counts as this much. */
const LONGEST_STEP_MS = 1_000;

/** Fractions of the start price. The swing alone takes a price 0.3 % to either side about every 37 s. */
const SWING = { size: 0.003, periodMs: 37_000 };
const TIDE = { size: 0.001, periodMs: 11 * 60_000 };
/** An Ornstein-Uhlenbeck process: never far from 0, and back at it in about `relaxationMs`. */
const NOISE = { deviation: 0.0003, relaxationMs: 10_000 };
/** How long it takes a price that somebody pushed away to be back. */
const RECOVERY_MS = 60_000;

/**
 * Makes prices swing around the ones their symbols were listed at: within about 0.5 % of them at volatility 1, for ever.
 * First down, then up.
 */
export function createSyntheticPrices(engine: Engine, settings: SyntheticSettings): PriceSource {
  return new SyntheticPrices(engine, settings);
}

class SyntheticPrices implements PriceSource {
  frozen = false;
  readonly #engine: Engine;
  readonly #house: House;
  readonly #seed: number;
  readonly #speed: number;
  readonly #volatility: number;
  readonly #paths = new Map<string, Path>();
  #steppedAt: number | null = null;

  constructor(engine: Engine, { seed, speed = 1, volatility = 1 }: SyntheticSettings) {
    this.#engine = engine;
    this.#house = new House(engine, seed);
    this.#seed = seed;
    this.#speed = speed;
    this.#volatility = volatility;
  }

  step(now: number): void {
    const elapsed = this.#steppedAt === null ? STEP_MS : now - this.#steppedAt;
    if (elapsed < STEP_MS) return;
    this.#steppedAt = now;
    if (this.frozen) return;
    for (const { symbol } of this.#engine.rules()) {
      const price = this.#path(symbol).step(
        Math.min(elapsed, LONGEST_STEP_MS) * this.#speed,
        Number(this.#engine.lastPrice(symbol)),
      );
      this.#house.movePrice(symbol, price.toFixed(8));
      this.#path(symbol).left(Number(this.#engine.lastPrice(symbol)));
    }
  }

  movePrice(symbol: string, target: Amount): void {
    this.#house.movePrice(symbol, target);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #path(symbol: string): Path {
    const present = this.#paths.get(symbol);
    if (present !== undefined) return present;
    const random = createRandom(this.#seed, `path:${symbol}`);
    const path = new Path(Number(this.#engine.startPrice(symbol)), this.#volatility, random);
    this.#paths.set(symbol, path);
    return path;
  }
}

/** Where one price goes. */
class Path {
  readonly #anchor: number;
  readonly #volatility: number;
  readonly #random: Random;
  /** Differs a little from symbol to symbol, so that they do not go in step. */
  readonly #swingMs: number;
  #elapsed = 0;
  #noise = 0;
  /** What others have pushed the price by, fading. */
  #push = 0;
  #expected: number;

  constructor(anchor: number, volatility: number, random: Random) {
    this.#anchor = anchor;
    this.#expected = anchor;
    this.#volatility = volatility;
    this.#random = random;
    this.#swingMs = SWING.periodMs * (0.95 + 0.1 * random.next());
  }

  /** The next price, `ms` later, where the market now is at `last`. */
  step(ms: number, last: number): number {
    this.#elapsed += ms;
    const kept = Math.exp(-ms / NOISE.relaxationMs);
    this.#noise = this.#noise * kept + NOISE.deviation * Math.sqrt(1 - kept * kept) * this.#random.normal();
    this.#push = (this.#push + Math.log(last / this.#expected)) * Math.exp(-ms / RECOVERY_MS);
    const swing = -SWING.size * Math.sin((2 * Math.PI * this.#elapsed) / this.#swingMs);
    const tide = TIDE.size * Math.sin((2 * Math.PI * this.#elapsed) / TIDE.periodMs);
    return this.#anchor * Math.exp((swing + tide + this.#noise) * this.#volatility + this.#push);
  }

  /** Told where its step has left the price, after rounding to the tick. */
  left(price: number): void {
    this.#expected = price;
  }
}
