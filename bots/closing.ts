import type { Market } from './market.ts';
import type { Amount } from './money.ts';
import type { Intent, OwnOrder, PlaceIntent } from './orders.ts';
import type { Position } from './position.ts';
import { roundToMarket } from './precision.ts';
import { closingSide, reducible } from './reducing.ts';
import type { Reason } from './strategy.ts';

/** The leg of the orders that close a position whatever the strategy wants: protections and stop mode `close`. */
const EXIT_LEG = 'exit';

export interface ClosingFacts {
  market: Market;
  /** Last trade price: values the order against the least notional. */
  price: Amount;
  /** The bot's orders that are not final. What they may still close is left to them. */
  orders: OwnOrder[];
  /** The running cycle, for the order's id: `bot.strategy.cycle(session.strategy)`. */
  cycle: number;
}

/**
 * The reduce-only market order that closes what the bot holds, rounded, never more than it holds; null where nothing
 * is left that an order could close.
 */
export function closingIntent(
  position: Position,
  { market, price, orders, cycle }: ClosingFacts,
): PlaceIntent | null {
  const side = closingSide(position);
  if (!side) return null;
  const quantity = reducible(side, position, orders).toFixed();
  const intent: PlaceIntent = {
    kind: 'place',
    leg: EXIT_LEG,
    cycle,
    side,
    type: 'MARKET',
    quantity,
    price: null,
    reduceOnly: true,
  };
  const rounded = roundToMarket(intent, market, price);
  return rounded.ok ? rounded.intent : null;
}

/**
 * The next step from here to flat: take back what rests, then close, then wait. Null once there is nothing more to be
 * done: no order is out and at most dust is left.
 */
export function closeOut(
  position: Position,
  facts: ClosingFacts & { at: number },
): { intents: Intent[]; reasons: Reason[] } | null {
  const resting = facts.orders.filter((order) => order.status === 'OPEN' && order.leg !== EXIT_LEG);
  if (resting.length > 0)
    return step(resting.map(({ clientOrderId }) => ({ kind: 'cancel', clientOrderId })));
  const underWay = facts.orders.find((order) => order.leg === EXIT_LEG);
  const exit = underWay ? null : closingIntent(position, facts);
  if (exit) return step([exit]);
  const waitingFor = underWay ?? facts.orders[0];
  return waitingFor ? { intents: [], reasons: [waiting(waitingFor, facts.at)] } : null;
}

/** Why a leg whose order is still out gets no second one. */
export function waiting(order: OwnOrder, at: number): Reason {
  const { side, quantity, price, status, filled } = order;
  const what = `${side} ${quantity} at ${price ?? 'market'}`;
  return status === 'OPEN'
    ? { code: 'waiting_for_fill', detail: `${what} is on the venue, ${filled} filled.`, at }
    : { code: 'unknown_order_pending', detail: `${what}: the venue has not said yet what became of it.`, at };
}

function step(intents: Intent[]): { intents: Intent[]; reasons: Reason[] } {
  return { intents, reasons: [] };
}
