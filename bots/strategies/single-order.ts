import { waiting } from '../closing.ts';
import type { Market } from '../market.ts';
import { Decimal } from '../money.ts';
import type { Intent, OwnOrder, PlaceIntent } from '../orders.ts';
import { roundPrice, roundQuantity } from '../precision.ts';
import { restOf } from '../reducing.ts';
import type { Context, Reason } from '../strategy.ts';

/**
 * From what the bot has out to the one order wanted (`wanted.quantity`: what is still to be executed), or to none. An
 * order that differs, an adopted one included, is taken back now and replaced once it is gone; one whose outcome is
 * unknown, or that executes at once, is waited for.
 */
export function keepOrder(
  wanted: PlaceIntent | null,
  { orders, market }: Pick<Context<unknown>, 'market' | 'orders'>,
  at: number,
): { intents: Intent[]; reasons: Reason[] } {
  const pending = orders.find((order) => order.status !== 'OPEN' || order.type === 'MARKET');
  if (pending) return { intents: [], reasons: [waiting(pending, at)] };
  const kept = orders.find((order) => wanted && isAsWanted(order, wanted, market));
  const wrong = orders.filter((order) => order !== kept);
  if (wrong.length > 0) {
    return { intents: wrong.map(({ clientOrderId }) => ({ kind: 'cancel', clientOrderId })), reasons: [] };
  }
  if (kept) return { intents: [], reasons: [waiting(kept, at)] };
  return { intents: wanted ? [wanted] : [], reasons: [] };
}

/**
 * An opening order must be the one that would have been placed when it was; a closing one must not sell more than there
 * is, and may be smaller, because fees and the market's most decide what one order can close.
 */
function isAsWanted(order: OwnOrder, wanted: PlaceIntent, market: Market): boolean {
  const { leg, side, type, price } = wanted;
  if (order.leg !== leg || order.side !== side || order.type !== type) return false;
  if (price !== null && !roundPrice(side, price, market).eq(order.price ?? 0)) return false;
  if (wanted.reduceOnly) return restOf(order).lte(wanted.quantity);
  const whole = new Decimal(wanted.quantity).add(order.filled);
  return roundQuantity(whole, market, type).eq(order.quantity);
}
