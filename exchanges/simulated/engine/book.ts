import type { Order } from './model.ts';

export interface Level {
  price: bigint;
  /** In the order they came: time priority. */
  orders: Map<number, Order>;
}

/** Orders by price, best first, and by time within a price. One side of a book, or stop orders waiting for a price. */
export class Ladder {
  /** Worst first: the best level is at the end, where an array is cheap to change. */
  readonly #levels: Level[] = [];
  readonly #best: 'highest' | 'lowest';

  constructor(best: 'highest' | 'lowest') {
    this.#best = best;
  }

  get best(): Level | null {
    return this.#levels.at(-1) ?? null;
  }

  get size(): number {
    return this.#levels.length;
  }

  /** The n-th best level. */
  level(n: number): Level | null {
    return this.#levels[this.#levels.length - 1 - n] ?? null;
  }

  add(price: bigint, order: Order): void {
    const index = this.#indexOf(price);
    const level = this.#levels[index];
    if (level?.price === price) level.orders.set(order.id, order);
    else this.#levels.splice(index, 0, { price, orders: new Map([[order.id, order]]) });
  }

  remove(price: bigint, order: Order): void {
    const index = this.#indexOf(price);
    const level = this.#levels[index];
    if (level?.price !== price) return;
    level.orders.delete(order.id);
    if (level.orders.size === 0) this.#levels.splice(index, 1);
  }

  /** Whether `price` is at least as good as `limit`. */
  reaches(price: bigint, limit: bigint): boolean {
    return this.#best === 'highest' ? price >= limit : price <= limit;
  }

  /** Where `price` is or would be. */
  #indexOf(price: bigint): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = (this.#levels[middle] as Level).price;
      if (this.#best === 'highest' ? at < price : at > price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class Book {
  readonly bids = new Ladder('highest');
  readonly asks = new Ladder('lowest');
  /** Counts changes: the venue's `lastUpdateId`. */
  updateId = 1;

  /** The side that an order of `side` rests on. */
  side(side: Order['side']): Ladder {
    return side === 'BUY' ? this.bids : this.asks;
  }

  /** The side that an order of `side` takes from. */
  opposite(side: Order['side']): Ladder {
    return side === 'BUY' ? this.asks : this.bids;
  }
}
