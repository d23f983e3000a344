import type { Market } from './market.ts';
import { Decimal, type Amount } from './money.ts';
import type { Fill } from './orders.ts';
import { applyFill, type Position } from './position.ts';
import { reduces } from './reducing.ts';
import type { SessionState } from './session.ts';
import type { Context, OwnFill, Strategy } from './strategy.ts';

export interface FillEffect {
  session: SessionState;
  position: Position;
  /** What this fill realised, in quote, both commissions off; null where it closed nothing (an opening trade). */
  realised: Amount | null;
}

/**
 * Moves a bot past one own fill: position, strategy and protections together. `context.orders`: the bot's orders that
 * are not final, as they are with this fill counted. Each fill must be applied once, in the order they happened.
 */
export function applyOwnFill(
  strategy: Strategy,
  session: SessionState,
  position: Position,
  fill: OwnFill,
  context: Pick<Context<unknown>, 'market' | 'orders'>,
): FillEffect {
  const after = applyFill(position, fill, context.market);
  const realised = realisedBy(fill, position, context.market);
  const state = strategy.onFill(session.strategy, fill, { ...context, position: after });
  const protections = new Decimal(realised ?? 0).isNegative()
    ? { ...session.protections, lastLossAt: fill.at }
    : session.protections;
  return {
    session: { ...session, strategy: state, protections },
    position: after,
    realised,
  };
}

/** What a fill realises of the position before it, in quote; null where it closes nothing. */
export function realisedBy(
  fill: Fill,
  position: Position,
  market: Pick<Market, 'base' | 'quote'>,
): Amount | null {
  if (!reduces(fill.side, position)) return null;
  return new Decimal(applyFill(position, fill, market).realised).sub(position.realised).toFixed();
}
