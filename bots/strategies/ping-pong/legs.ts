import { Decimal, type Amount } from '../../money.ts';
import type { Side } from '../../orders.ts';
import { closeDust, type Position } from '../../position.ts';
import { isTooSmall, roundPrice } from '../../precision.ts';
import { closingSide } from '../../reducing.ts';
import type { Context } from '../../strategy.ts';
import type { PingPongParameters } from './parameters.ts';
import type { Watermark } from './trailing.ts';

/** Plain JSON. What is held and at which average is the position's to know. */
export interface PingPongState {
  /** The running round, from 1. */
  cycle: number;
  /** `opening`: the first order's side is due; `closing`: the other one, for what is held. */
  leg: 'opening' | 'closing';
  /** Base executed on an opening leg so far, fees not taken off. */
  filled: Amount;
  /** Epoch ms of the last own fill, or of the first look: prices from here on count for trailing. */
  since: number | null;
  /** Null where nothing trails. */
  watermark: Watermark | null;
}

export type PingPongContext = Context<PingPongParameters>;

export interface Settled {
  state: PingPongState;
  /** With the rest of a round that is over booked as dust. */
  position: Position;
  roundOver: boolean;
}

/** Moves on from a leg that has nothing left an order could do. Never while one of its orders may still execute. */
export function settle(state: PingPongState, context: PingPongContext): Settled {
  const { market, parameters, position } = context;
  const asItIs = { state, position, roundOver: false };
  if (context.orders.length > 0) return asItIs;
  if (state.leg === 'opening') {
    if (opensFurther(state, context)) return asItIs;
    return settle({ ...state, leg: 'closing', watermark: null }, context);
  }
  const side = closingSide(position) ?? 'SELL';
  const rest = closeDust(position, market, roundPrice(side, targetPrice(side, parameters), market));
  if (closingSide(rest) !== null) return asItIs;
  return { state: firstLeg(state.cycle + 1, state.since), position: rest, roundOver: true };
}

/** The state at the beginning of a round. */
export function firstLeg(cycle: number, since: number | null): PingPongState {
  return { cycle, leg: 'opening', filled: '0', since, watermark: null };
}

/** False once the rest is too small for an order, or a position is there that this leg does not open. */
function opensFurther({ filled }: PingPongState, { parameters, position, market }: PingPongContext): boolean {
  const { firstOrder, quantity } = parameters;
  const closing = closingSide(position);
  if (closing === firstOrder) return false;
  if (new Decimal(filled).isZero()) return true;
  if (closing === null) return false;
  const price = roundPrice(firstOrder, targetPrice(firstOrder, parameters), market);
  return !isTooSmall(unopened(filled, quantity), market, price);
}

/** What an opening leg has still to execute. */
export function unopened(filled: Amount, quantity: Amount): Decimal {
  return Decimal.max(new Decimal(quantity).sub(filled), 0);
}

/** The side whose turn it is. */
export function dueSide({ leg }: PingPongState, { position, parameters }: PingPongContext): Side {
  return (leg === 'closing' ? closingSide(position) : null) ?? parameters.firstOrder;
}

export function targetPrice(side: Side, { buyPrice, sellPrice }: PingPongParameters): Amount {
  return side === 'BUY' ? buyPrice : sellPrice;
}
