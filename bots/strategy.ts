import type { z } from 'zod';
import type { Candle, Market, Timeframe } from './market.ts';
import type { Amount } from './money.ts';
import type { Fill, Intent, OwnOrder } from './orders.ts';
import type { Position } from './position.ts';

/** Why a tick led to no order. Codes are stable; `detail` is for people. */
export type ReasonCode =
  | 'warm_up'
  | 'no_signal'
  | 'waiting_for_fill'
  | 'cooldown'
  | 'risk_refused'
  | 'unknown_order_pending'
  | 'stale_market_data'
  | 'paused'
  | 'kill_switch'
  | 'below_minimum'
  | 'finishing'
  | 'venue_unavailable'
  | 'order_refused'
  /** A protection is closing the position; the rule's name comes first in `detail`. */
  | 'protective_exit';

export interface Reason {
  code: ReasonCode;
  /** For `risk_refused` the rule's name comes first: `"max_position: ..."`. */
  detail: string;
  /** Epoch ms. */
  at: number;
}

/** What a strategy is told. Prices are the venue's last trade price. */
export type MarketEvent =
  /** The watch (re)starts: say again what should rest on the venue. `missed`: closed 1m candles since the state was last known, oldest first. */
  | { type: 'begin'; at: number; price: Amount; missed: Candle[] }
  | { type: 'tick'; at: number; price: Amount }
  /** A candle of the strategy's timeframe has closed; it is the last of `context.candles`. */
  | { type: 'candle'; at: number; price: Amount };

/** `ACTIVE`: may open and close. `PAUSED`: may only reduce. `FINISHING`: ends the cycle, opens none. */
export type Mode = 'ACTIVE' | 'PAUSED' | 'FINISHING';

export interface Context<P> {
  parameters: P;
  market: Market;
  mode: Mode;
  position: Position;
  /**
   * The bot's orders that are not final, those with an unknown outcome included, as last recorded: `filled` counts the
   * fills that `position` and the state have seen, no more and no less.
   */
  orders: OwnOrder[];
  /** Closed candles, oldest first, as many as `candles()` asked for; empty where it asked for none. */
  candles: Candle[];
  /** Free balance of the account, as fresh as `orders`; null while it is not known. */
  free: { base: Amount; quote: Amount } | null;
}

/** An own fill with the place its order had in the strategy. */
export type OwnFill = Fill & { leg: string; cycle: number };

export interface Decision<S> {
  state: S;
  /** `context.position`, or the same with a rest below the venue's minimum booked as dust (`closeDust`). */
  position: Position;
  /** Cancels come before places. Prices and quantities may be unrounded: `decide` rounds them. */
  intents: Intent[];
  reasons: Reason[];
  /** True when the bot has done what it was made for and stops. */
  done: boolean;
}

/**
 * One file, one test, one line in the registry. Pure: no clock, randomness, environment or I/O. Level-triggered: asked
 * twice in the same state with the same context it decides the same, so a decision that was lost is simply made again.
 */
export interface Strategy<P = unknown, S = unknown> {
  name: string;
  title: string;
  description: string;
  /** Validates and documents the parameters wherever a bot of this strategy is created or changed. */
  parameters: z.ZodType<P>;
  /** The candles it reads, or null. */
  candles(parameters: P): { timeframe: Timeframe; count: number } | null;
  /** The state of a bot that has never traded. Plain JSON. */
  initial(parameters: P): S;
  /** The number of the running cycle, from 1: part of the ids of its orders. */
  cycle(state: S): number;
  /**
   * Moves the state past one own fill; `context.position` has it already. Fills of other legs come too. No parameters: a
   * fill is booked whatever they are by now.
   */
  onFill(state: S, fill: OwnFill, context: Pick<Context<P>, 'market' | 'position' | 'orders'>): S;
  decide(state: S, event: MarketEvent, context: Context<P>): Decision<S>;
}
