import { multiply, parse, unitsOf } from './amounts.ts';
import { isMarket, isStop } from './model.ts';
import { type NewOrder, Rejection, type RejectionReason, type SymbolRules } from './types.ts';

/** The most that an order with a price may be worth, in quote: of every symbol, as Binance publishes it. */
export const MAX_NOTIONAL = '9000000';
const MAX_NOTIONAL_UNITS = unitsOf(MAX_NOTIONAL);

/** A symbol's rules as integers of 1e-8. */
export interface Limits {
  tickSize: bigint;
  minPrice: bigint;
  maxPrice: bigint;
  stepSize: bigint;
  minQuantity: bigint;
  maxQuantity: bigint;
  maxMarketQuantity: bigint;
  minNotional: bigint;
  bidMultiplierUp: bigint;
  bidMultiplierDown: bigint;
  askMultiplierUp: bigint;
  askMultiplierDown: bigint;
}

/** The amounts of a new order, read. */
export interface OrderAmounts {
  quantity: bigint | null;
  quoteQuantity: bigint | null;
  price: bigint | null;
  stopPrice: bigint | null;
}

export function limitsOf(rules: SymbolRules): Limits {
  return {
    tickSize: unitsOf(rules.tickSize),
    minPrice: unitsOf(rules.minPrice),
    maxPrice: unitsOf(rules.maxPrice),
    stepSize: unitsOf(rules.stepSize),
    minQuantity: unitsOf(rules.minQuantity),
    maxQuantity: unitsOf(rules.maxQuantity),
    maxMarketQuantity: unitsOf(rules.maxMarketQuantity),
    minNotional: unitsOf(rules.minNotional),
    bidMultiplierUp: unitsOf(rules.bidMultiplierUp),
    bidMultiplierDown: unitsOf(rules.bidMultiplierDown),
    askMultiplierUp: unitsOf(rules.askMultiplierUp),
    askMultiplierDown: unitsOf(rules.askMultiplierDown),
  };
}

/** Reads an order's amounts. Throws `Rejection` where one is missing, not positive or finer than the venue's unit. */
export function readAmounts(order: NewOrder): OrderAmounts {
  const limited = order.type !== 'MARKET' && order.type !== 'STOP_LOSS' && order.type !== 'TAKE_PROFIT';
  const byQuote = order.type === 'MARKET' && order.quantity === null;
  return {
    quantity: byQuote ? null : positive(order.quantity, 'LOT_SIZE', 'quantity'),
    quoteQuantity: byQuote ? positive(order.quoteQuantity, 'LOT_SIZE', 'quote quantity') : null,
    price: limited ? positive(order.price, 'PRICE_FILTER', 'price') : null,
    stopPrice: isStop(order) ? positive(order.stopPrice, 'PRICE_FILTER', 'stop price') : null,
  };
}

/** Binance's filters in its order. Throws `Rejection` with the name of the first that is broken. */
export function checkFilters(
  limits: Limits,
  order: NewOrder,
  amounts: OrderAmounts,
  averagePrice: bigint,
): void {
  checkPrice(limits, amounts.price);
  checkPrice(limits, amounts.stopPrice);
  if (amounts.price !== null) checkPercentPrice(limits, order.side, amounts.price, averagePrice);
  if (amounts.quantity !== null) checkLot(limits, amounts.quantity, isMarket(order));
  const notional =
    amounts.quoteQuantity ??
    multiply(amounts.price ?? amounts.stopPrice ?? averagePrice, amounts.quantity as bigint);
  if (notional < limits.minNotional) throw broken('NOTIONAL');
  if (amounts.price !== null && notional > MAX_NOTIONAL_UNITS) throw broken('NOTIONAL');
}

function checkPrice(limits: Limits, price: bigint | null): void {
  if (price === null) return;
  if (price < limits.minPrice || price > limits.maxPrice) throw broken('PRICE_FILTER');
  if ((price - limits.minPrice) % limits.tickSize !== 0n) throw broken('PRICE_FILTER');
}

function checkLot(limits: Limits, quantity: bigint, atMarket: boolean): void {
  if (atMarket && quantity > limits.maxMarketQuantity) throw broken('MARKET_LOT_SIZE');
  if (quantity < limits.minQuantity || quantity > limits.maxQuantity) throw broken('LOT_SIZE');
  if ((quantity - limits.minQuantity) % limits.stepSize !== 0n) throw broken('LOT_SIZE');
}

function checkPercentPrice(limits: Limits, side: NewOrder['side'], price: bigint, average: bigint): void {
  const up = side === 'BUY' ? limits.bidMultiplierUp : limits.askMultiplierUp;
  const down = side === 'BUY' ? limits.bidMultiplierDown : limits.askMultiplierDown;
  if (price > multiply(average, up) || price < multiply(average, down)) throw broken('PERCENT_PRICE_BY_SIDE');
}

function positive(amount: string | null, reason: RejectionReason, name: string): bigint {
  const units = amount === null ? null : parse(amount);
  if (units === null || units <= 0n) {
    throw new Rejection(reason, `The ${name} must be a positive number with at most 8 decimals.`);
  }
  return units;
}

function broken(filter: RejectionReason): Rejection {
  return new Rejection(filter, `Filter failure: ${filter}`);
}
