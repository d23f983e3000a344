import { balanceOf, need } from './balances.ts';
import { type OrderAmounts, checkFilters, readAmounts } from './filters.ts';
import { planMatches } from './matching.ts';
import { type Account, type Market, type Order, isMarket, isOpen, isStop, paysWith } from './model.ts';
import { touches } from './stops.ts';
import { type NewOrder, Rejection } from './types.ts';

/** Checks a new order against everything and changes nothing. Returns it ready to be accepted, or throws `Rejection`. */
export function admit(account: Account, market: Market, request: NewOrder, id: number, at: number): Order {
  const amounts = readAmounts(request);
  const order = newOrder(account, market, request, amounts, id, at);
  if (account.house) return order;
  checkFilters(market.limits, request, amounts, market.candles.average(at) ?? market.lastPrice);
  checkPlace(order);
  checkTiming(order);
  checkFunds(order);
  return order;
}

function newOrder(
  account: Account,
  market: Market,
  request: NewOrder,
  amounts: OrderAmounts,
  id: number,
  at: number,
): Order {
  return {
    id,
    account,
    market,
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce,
    clientOrderId: request.clientOrderId,
    quantity: amounts.quantity ?? 0n,
    quoteQuantity: amounts.quoteQuantity,
    price: amounts.price,
    stopPrice: amounts.stopPrice,
    executed: 0n,
    cumulative: 0n,
    status: 'NEW',
    working: !isStop(request),
    workingSince: isStop(request) ? null : at,
    prevention: null,
    rank: 0,
    lock: 0n,
    createdAt: at,
    updatedAt: at,
    fills: [],
  };
}

/** Client ids are unique among the account's open orders of the symbol; a closed order's may be used again. */
function checkPlace(order: Order): void {
  const history = order.account.orders.get(order.market.symbol);
  if (history === undefined) return;
  const namesake = history.find({ clientOrderId: order.clientOrderId });
  if (namesake !== null && isOpen(namesake)) {
    throw new Rejection('DUPLICATE_CLIENT_ORDER_ID', 'Duplicate order sent.');
  }
  if (order.type !== 'MARKET' && history.open.size >= order.market.rules.maxOrders) {
    throw new Rejection('MAX_NUM_ORDERS', 'Filter failure: MAX_NUM_ORDERS');
  }
}

function checkTiming(order: Order): void {
  const { market, price } = order;
  const best = market.book.opposite(order.side);
  if (order.type === 'LIMIT_MAKER' && best.best !== null && best.reaches(best.best.price, price as bigint)) {
    throw new Rejection('WOULD_MATCH_IMMEDIATELY', 'Order would immediately match and take.');
  }
  if (!order.working && touches(order, market.lastPrice)) {
    throw new Rejection('STOP_WOULD_TRIGGER_IMMEDIATELY', 'Stop price would trigger immediately.');
  }
}

function checkFunds(order: Order): void {
  const { free } = balanceOf(order.account, paysWith(order));
  if (required(order) > free) {
    throw new Rejection('INSUFFICIENT_BALANCE', 'Account has insufficient balance for requested action.');
  }
}

/** What must be free: what a resting order locks, what a market order would pay on the book as it is. */
function required(order: Order): bigint {
  if (!isMarket(order) || !order.working) return need(order);
  if (order.side === 'SELL' && order.quoteQuantity === null) return order.quantity;
  if (order.side === 'BUY' && order.quoteQuantity !== null) return order.quoteQuantity;
  const plan = planMatches(order, order.quoteQuantity);
  return order.side === 'BUY' ? plan.quote : plan.quantity;
}
