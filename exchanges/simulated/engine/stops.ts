import { Ladder } from './book.ts';
import type { Order } from './model.ts';

/** Stop orders of one market that wait for the last price to touch theirs. */
export class Stops {
  /** Touched when the price comes up to them: the lowest is the first. */
  readonly #above = new Ladder('lowest');
  readonly #below = new Ladder('highest');

  add(order: Order): void {
    this.#ladder(order).add(order.stopPrice as bigint, order);
  }

  remove(order: Order): void {
    this.#ladder(order).remove(order.stopPrice as bigint, order);
  }

  /** Takes out the orders that trades between `low` and `high` have touched: nearest first, then by age. */
  takeTouched(low: bigint, high: bigint): Order[] {
    return [
      ...takeWhile(this.#above, (price) => price <= high),
      ...takeWhile(this.#below, (price) => price >= low),
    ];
  }

  #ladder(order: Order): Ladder {
    return waitsAbove(order) ? this.#above : this.#below;
  }
}

/** Whether `price` touches the order's stop price. */
export function touches(order: Pick<Order, 'side' | 'type' | 'stopPrice'>, price: bigint): boolean {
  const stop = order.stopPrice as bigint;
  return waitsAbove(order) ? price >= stop : price <= stop;
}

/** A stop-loss waits for the price to go against its owner, a take-profit for the other way. */
function waitsAbove(order: Pick<Order, 'side' | 'type'>): boolean {
  return order.type.startsWith('STOP_LOSS') === (order.side === 'BUY');
}

function takeWhile(ladder: Ladder, touched: (price: bigint) => boolean): Order[] {
  const taken: Order[] = [];
  for (let level = ladder.best; level !== null && touched(level.price); level = ladder.best) {
    for (const order of [...level.orders.values()]) {
      taken.push(order);
      ladder.remove(level.price, order);
    }
  }
  return taken;
}
