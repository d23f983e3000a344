import type { Bot } from './bot.ts';
import { Decimal, type Amount } from './money.ts';
import { applyFill, type Position } from './position.ts';
import { reduces } from './reducing.ts';
import type { SessionState } from './session.ts';
import type { Context, OwnFill } from './strategy.ts';

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
  bot: Bot,
  session: SessionState,
  position: Position,
  fill: OwnFill,
  context: Pick<Context<unknown>, 'market' | 'orders'>,
): FillEffect {
  const after = applyFill(position, fill, context.market);
  const realised = reduces(fill.side, position) ? new Decimal(after.realised).sub(position.realised) : null;
  const strategy = bot.strategy.onFill(session.strategy, fill, {
    ...context,
    parameters: bot.parameters,
    position: after,
  });
  const protections = realised?.isNegative()
    ? { ...session.protections, lastLossAt: fill.at }
    : session.protections;
  return {
    session: { ...session, strategy, protections },
    position: after,
    realised: realised?.toFixed() ?? null,
  };
}
