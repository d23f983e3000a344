import type { Market } from './market.ts';
import { Decimal, type Amount } from './money.ts';
import type { Fill } from './orders.ts';
import { isTooSmall } from './precision.ts';

/** What one bot holds: the fold of its own fills. Negative quantity: sold first, to be bought back. */
export interface Position {
  /** Base held (signed), fees taken in base already off. */
  quantity: Amount;
  /** Quote paid for `quantity` (received, where negative), fees in quote and base included. Never negative. */
  cost: Amount;
  /** Realised result in quote, fees in quote and base off. Fees in a third coin are booked apart. */
  realised: Amount;
  /** Fees in third coins, by asset. */
  otherFees: Record<string, Amount>;
  /** Base left over from closed cycles, too little to be sold. */
  dust: Amount;
}

export const FLAT: Position = { quantity: '0', cost: '0', realised: '0', otherFees: {}, dust: '0' };

/** Decimals kept where an average does not come out even; what is cut stays in `cost` and is realised with the rest. */
const COST_DECIMALS = 18;

/** The average price of what is held, fees included; null when flat. */
export function averagePrice(position: Position): Decimal | null {
  const quantity = new Decimal(position.quantity).abs();
  return quantity.isZero() ? null : new Decimal(position.cost).div(quantity);
}

/** The position after every fill, in the order they happened. Each fill must be there once. */
export function foldFills(fills: readonly Fill[], market: Pick<Market, 'base' | 'quote'>): Position {
  return fills.reduce((position, fill) => applyFill(position, fill, market), FLAT);
}

/**
 * The position after one fill. A fill against the position realises (sell - buy) x quantity closed - both commissions,
 * the opening one in proportion; what goes beyond the position opens the other way. A fee in base makes the quantity
 * smaller, one in quote the proceeds; one in a third coin is kept in `otherFees`.
 */
export function applyFill(position: Position, fill: Fill, market: Pick<Market, 'base' | 'quote'>): Position {
  const held = new Decimal(position.quantity);
  const { base, quote } = effect(fill, market);
  const closed = held.mul(base).isNegative() ? Decimal.min(held.abs(), base.abs()) : new Decimal(0);
  const closedQuote = share(quote, closed, base.abs());
  const closedCost = share(new Decimal(position.cost), closed, held.abs());
  const result = held.isNegative() ? closedCost.sub(closedQuote) : closedQuote.sub(closedCost);
  return {
    quantity: held.add(base).toFixed(),
    cost: new Decimal(position.cost).sub(closedCost).add(quote.sub(closedQuote)).toFixed(),
    realised: (closed.isZero() ? new Decimal(position.realised) : result.add(position.realised)).toFixed(),
    otherFees: addOtherFee(position.otherFees, fill, market),
    dust: position.dust,
  };
}

/**
 * A rest too small to be closed at `price` becomes dust and the position is flat; anything larger stays as it is. Dust
 * is still on the account, so its cost is not realised as a loss: it leaves the books with it.
 */
export function closeDust(position: Position, market: Market, price: Decimal.Value): Position {
  const quantity = new Decimal(position.quantity);
  if (quantity.isZero() || !isTooSmall(quantity.abs(), market, price)) return position;
  return { ...position, quantity: '0', cost: '0', dust: quantity.add(position.dust).toFixed() };
}

/** What a fill moves: base (signed) into the position and quote, always positive, the other way. */
function effect(fill: Fill, market: Pick<Market, 'base' | 'quote'>): { base: Decimal; quote: Decimal } {
  const sign = fill.side === 'BUY' ? 1 : -1;
  const baseFee = fill.feeAsset === market.base ? fill.fee : 0;
  const quoteFee = fill.feeAsset === market.quote ? fill.fee : 0;
  return {
    base: new Decimal(fill.quantity).mul(sign).sub(baseFee),
    quote: new Decimal(fill.price).mul(fill.quantity).add(new Decimal(quoteFee).mul(sign)),
  };
}

/** `whole * part / total`, exact where `part` is all of it, so that a closed position leaves no rest behind. */
function share(whole: Decimal, part: Decimal, total: Decimal): Decimal {
  if (part.isZero()) return part;
  return part.eq(total)
    ? whole
    : whole.mul(part).div(total).toDecimalPlaces(COST_DECIMALS, Decimal.ROUND_DOWN);
}

function addOtherFee(
  fees: Position['otherFees'],
  fill: Fill,
  market: Pick<Market, 'base' | 'quote'>,
): Position['otherFees'] {
  const inMarket = fill.feeAsset === market.base || fill.feeAsset === market.quote;
  if (inMarket || new Decimal(fill.fee).isZero()) return fees;
  return { ...fees, [fill.feeAsset]: new Decimal(fees[fill.feeAsset] ?? 0).add(fill.fee).toFixed() };
}
