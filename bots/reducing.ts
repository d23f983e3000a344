import { Decimal, type Amount } from './money.ts';
import type { OwnOrder, Side } from './orders.ts';
import type { Position } from './position.ts';

/** True where an order of that side makes the position smaller. */
export function reduces(side: Side, position: Position): boolean {
  const held = new Decimal(position.quantity);
  return !held.isZero() && held.isNegative() === (side === 'BUY');
}

/** The side that closes the position; null when flat. */
export function closingSide(position: Position): Side | null {
  if (reduces('SELL', position)) return 'SELL';
  return reduces('BUY', position) ? 'BUY' : null;
}

/** What an order may still execute. */
export function restOf(order: Pick<OwnOrder, 'quantity' | 'filled'>): Decimal {
  return new Decimal(order.quantity).sub(order.filled);
}

/**
 * How much of what is held an order of that side may still close: what orders of the same side that may yet execute
 * (an unknown outcome is one of them) leave free. Never negative.
 */
export function reducible(
  side: Side,
  position: Position,
  orders: readonly { side: Side; quantity: Amount; filled: Amount }[],
): Decimal {
  if (!reduces(side, position)) return new Decimal(0);
  const pending = orders.filter((order) => order.side === side).map(restOf);
  const free = pending.reduce((left, rest) => left.sub(rest), new Decimal(position.quantity).abs());
  return Decimal.max(free, 0);
}
