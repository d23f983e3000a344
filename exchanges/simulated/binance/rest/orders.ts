import type { EngineOrder, NewAccount, NewOrder } from '../../engine/types.ts';
import { BinanceError, orderDoesNotExist, unknownOrder } from '../errors.ts';
import {
  type AnswerType,
  generatedOrderId,
  type OrderName,
  readNewOrder,
  readOrderId,
} from '../new-order.ts';
import type { Parameters } from '../parameters.ts';
import { acknowledgedOrder, canceledOrder, placedOrder, queriedOrder } from '../present-order.ts';
import { reading, trading, type SignedEndpoint, type Venue } from '../venue.ts';
import { ratesForOrder } from './commission.ts';

const RESTRICTIONS = ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED'] as const;
const DAY = 86_400_000;

export const placeOrder: SignedEndpoint = {
  ...trading(1, (venue, parameters, account) => {
    const { order, answer } = readNewOrder(parameters);
    parameters.finish();
    return submit(venue, account, order, answer);
  }),
  placesOrders: true,
};

export const testOrder = trading(
  (parameters) => (parameters.flag('computeCommissionRates') ? 20 : 1),
  (venue, parameters, account) => {
    const { order } = readNewOrder(parameters);
    const withRates = parameters.flag('computeCommissionRates');
    parameters.finish();
    venue.engine.test(account.id, order);
    return withRates ? ratesForOrder(account) : {};
  },
);

export const queryOrder = reading(4, (venue, parameters, account) => {
  const { symbol } = venue.rules(parameters.symbol());
  const order = orderNamed(venue, account, symbol, readOrderId(parameters));
  if (order === null) throw orderDoesNotExist();
  return queriedOrder(order);
});

export const cancelOrder = trading(1, (venue, parameters, account) => {
  const { symbol } = venue.rules(parameters.symbol());
  const id = readOrderId(parameters);
  const cancelId = parameters.clientOrderId('newClientOrderId') ?? generatedOrderId();
  const restriction = readRestriction(parameters);
  parameters.finish();
  return cancel(venue, account, { symbol, id, cancelId, restriction });
});

export const openOrders = reading(
  (parameters) => (parameters.has('symbol') ? 6 : 80),
  (venue, parameters, account) => {
    const symbol = parameters.optionalSymbol();
    if (symbol !== null) venue.rules(symbol);
    return venue.engine.openOrders(account.id, symbol).map(queriedOrder);
  },
);

export const cancelOpenOrders = trading(1, (venue, parameters, account) => {
  const { symbol } = venue.rules(parameters.symbol());
  parameters.finish();
  const orders = venue.engine.openOrders(account.id, symbol);
  if (orders.length === 0) throw unknownOrder();
  return orders.map(({ orderId }) =>
    cancel(venue, account, {
      symbol,
      id: { orderId, clientOrderId: null },
      cancelId: generatedOrderId(),
      restriction: null,
    }),
  );
});

export const allOrders = reading(20, (venue, parameters, account) => {
  const { symbol } = venue.rules(parameters.symbol());
  const fromId = parameters.integer('orderId');
  const start = parameters.integer('startTime');
  const end = parameters.integer('endTime');
  const limit = parameters.limit(500, 1_000);
  checkDay(start, end);
  const orders = venue.engine
    .allOrders(account.id, symbol)
    .filter(
      (order) =>
        order.orderId >= (fromId ?? 0) &&
        order.createdAt >= (start ?? 0) &&
        order.createdAt <= (end ?? Number.MAX_SAFE_INTEGER),
    );
  const chosen = fromId === null && start === null ? orders.slice(-limit) : orders.slice(0, limit);
  return chosen.map(queriedOrder);
});

/** Places an order and counts it. */
export function submit(venue: Venue, account: NewAccount, order: NewOrder, answer: AnswerType): object {
  const now = venue.now();
  venue.weights.checkOrders(account.id, now);
  venue.weights.addOrder(account.id, now);
  const placed = counted(
    () => venue.engine.submit(account.id, order),
    () => venue.weights.removeOrder(account.id, now),
  );
  if (answer === 'ACK') return acknowledgedOrder(placed.order);
  return placedOrder(placed.order, answer === 'FULL' ? placed.fills : null);
}

/** Cancels an order; its execution report will carry `cancelId`. Throws -2011 where there is no such open order. */
export function cancel(
  venue: Venue,
  account: NewAccount,
  request: {
    symbol: string;
    id: OrderName;
    cancelId: string;
    restriction: (typeof RESTRICTIONS)[number] | null;
  },
): object {
  const order = orderNamed(venue, account, request.symbol, request.id);
  if (order === null) throw unknownOrder();
  checkRestriction(order, request.restriction);
  venue.cancelIds.set(order.orderId, request.cancelId);
  try {
    const canceled = venue.engine.cancel(account.id, request.symbol, { orderId: order.orderId });
    return canceledOrder(canceled, request.cancelId);
  } finally {
    venue.cancelIds.delete(order.orderId);
  }
}

export function readRestriction(parameters: Parameters): (typeof RESTRICTIONS)[number] | null {
  return parameters.choice('cancelRestrictions', RESTRICTIONS, [-1145, 'Invalid cancelRestrictions']);
}

/** Throws -1127 where start and end are more than a day apart. */
export function checkDay(start: number | null, end: number | null): void {
  if (start !== null && end !== null && end - start > DAY) {
    throw new BinanceError(-1127, 'More than 24 hours between startTime and endTime.');
  }
}

/** The order that goes by every name given, or null. */
function orderNamed(venue: Venue, account: NewAccount, symbol: string, name: OrderName): EngineOrder | null {
  const { orderId, clientOrderId } = name;
  if (orderId === null) return venue.engine.order(account.id, symbol, { clientOrderId });
  const order = venue.engine.order(account.id, symbol, { orderId });
  return clientOrderId === null || order?.clientOrderId === clientOrderId ? order : null;
}

/** What is refused is no order and is taken off the count. */
function counted<T>(place: () => T, uncount: () => void): T {
  try {
    return place();
  } catch (error) {
    uncount();
    throw error;
  }
}

function checkRestriction(order: EngineOrder, restriction: (typeof RESTRICTIONS)[number] | null): void {
  const allowed =
    restriction === null || order.status === (restriction === 'ONLY_NEW' ? 'NEW' : 'PARTIALLY_FILLED');
  if (!allowed) {
    throw new BinanceError(-2011, 'Order was not canceled due to cancel restrictions.');
  }
}
