import type { Market } from '../market.ts';
import { Decimal, type Amount } from '../money.ts';
import type { OwnOrder, PlaceIntent } from '../orders.ts';
import { averagePrice, type Position } from '../position.ts';
import type { ReasonCode } from '../strategy.ts';
import type { Protections } from './schema.ts';
import type { ProtectionState } from './state.ts';

/** What a rule may look at. Prices are last trade prices, `at` epoch ms. */
export interface RiskFacts {
  settings: Protections;
  state: ProtectionState;
  market: Market;
  position: Position;
  /** Own orders that are not final, those decided in this very decision included. */
  orders: readonly Pick<OwnOrder, 'side' | 'quantity' | 'filled' | 'price'>[];
  price: Amount;
  at: number;
  free: { base: Amount; quote: Amount } | null;
}

/** A protection: one file, one test, one line in the registry. Pure; a rule that is not set never speaks. */
export interface Rule {
  /** Begins the reason that people read. */
  name: string;
  /** Where its refusals have a code of their own; else `risk_refused`. */
  code?: ReasonCode;
  /** Why the whole position must go now, or null. */
  breached?(facts: RiskFacts): string | null;
  /** Why this rounded order, which opens or adds, may not be placed, or null. */
  refuses?(facts: RiskFacts, intent: PlaceIntent): string | null;
}

/** What the position has gained on its average price, in percent (negative: lost); null when flat. */
export function gainPercent({ position, price }: RiskFacts): Decimal | null {
  const average = averagePrice(position);
  if (!average?.gt(0)) return null;
  const gain = new Decimal(price).sub(average).div(average).mul(100);
  return new Decimal(position.quantity).isNegative() ? gain.neg() : gain;
}

/** What an order is worth in quote: at its own price, or at the last one where it has none. */
export function notional(
  order: { price: Amount | null; quantity: Decimal.Value },
  lastPrice: Amount,
): Decimal {
  return new Decimal(order.price ?? lastPrice).mul(order.quantity);
}
