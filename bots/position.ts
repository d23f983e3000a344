import { Decimal, type Amount } from './money.ts';
import type { Fill } from './orders.ts';

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

/** The average price of what is held, fees included; null when flat. */
export function averagePrice(position: Position): Decimal | null {
  const quantity = new Decimal(position.quantity).abs();
  return quantity.isZero() ? null : new Decimal(position.cost).div(quantity);
}

export type { Fill };
