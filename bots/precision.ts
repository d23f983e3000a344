import type { Market } from './market.ts';
import { ceilTo, Decimal, floorTo, type Amount } from './money.ts';
import type { OrderType, PlaceIntent, Side } from './orders.ts';

export type Rounding =
  { ok: true; intent: PlaceIntent } | { ok: false; code: 'below_minimum'; message: string };

/**
 * The intent as the venue will take it: quantity down to the step and to the market's most, a sell's price up and a
 * buy's price down to the tick. Least quantity and notional are checked on what rounding has left; `lastPrice` values
 * a market order.
 */
export function roundToMarket(intent: PlaceIntent, market: Market, lastPrice: Amount): Rounding {
  const quantity = roundQuantity(intent.quantity, market, intent.type);
  const price = intent.price === null ? null : roundPrice(intent.side, intent.price, market);
  if (isTooSmall(quantity, market, price ?? lastPrice)) {
    return { ok: false, code: 'below_minimum', message: tooSmall(quantity, price ?? lastPrice, market) };
  }
  return { ok: true, intent: { ...intent, quantity: quantity.toFixed(), price: price?.toFixed() ?? null } };
}

/** A sell's price up, a buy's price down to the tick: never worse than what was asked. */
export function roundPrice(side: Side, price: Decimal.Value, market: Market): Decimal {
  return side === 'SELL' ? ceilTo(price, market.tickSize) : floorTo(price, market.tickSize);
}

/** Down to the step, and to the most one order of that type may have; what is cut off is for a next order. */
export function roundQuantity(quantity: Decimal.Value, market: Market, type: OrderType): Decimal {
  const most = market.maxQuantity ?? quantity;
  const mostAtMarket = type === 'MARKET' ? (market.maxMarketQuantity ?? most) : most;
  return floorTo(Decimal.min(quantity, most, mostAtMarket), market.stepSize);
}

/** True where no order of `quantity` at `price` is possible: nothing, or under the least quantity or notional, is left of it. */
export function isTooSmall(quantity: Decimal.Value, market: Market, price: Decimal.Value): boolean {
  const tradable = floorTo(quantity, market.stepSize);
  const notional = tradable.mul(price);
  return notional.lte(0) || tradable.lt(market.minQuantity) || notional.lt(market.minNotional);
}

function tooSmall(quantity: Decimal, price: Decimal.Value, market: Market): string {
  const { symbol, base, quote, stepSize, minQuantity, minNotional } = market;
  return (
    `${quantity.toFixed()} ${base} (in steps of ${stepSize}) at ${new Decimal(price).toFixed()} is worth ` +
    `${quantity.mul(price).toFixed()} ${quote}; ${symbol} takes no order under ${minQuantity} ${base} ` +
    `or ${minNotional} ${quote}. Raise the quantity.`
  );
}
