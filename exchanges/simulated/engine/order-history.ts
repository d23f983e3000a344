import { type Order, isOpen } from './model.ts';

/** Finished orders kept per account and symbol, and by all together. Older ones are forgotten with their fills. */
export const KEPT_PER_ACCOUNT_AND_SYMBOL = 1_000;
export const KEPT_IN_ALL = 10_000;

/** One account's orders on one symbol. */
export class OrderHistory {
  readonly open = new Map<number, Order>();
  /** In the order they finished. */
  readonly #finished = new Map<number, Order>();
  /** The newest order under each client id. */
  readonly #byClientId = new Map<string, Order>();

  get isEmpty(): boolean {
    return this.open.size === 0 && this.#finished.size === 0;
  }

  add(order: Order): void {
    this.#byClientId.set(order.clientOrderId, order);
    if (isOpen(order)) this.open.set(order.id, order);
    else this.#finished.set(order.id, order);
  }

  /** Moves an order that is no longer open; the oldest such may be forgotten for it. */
  finish(order: Order): void {
    this.open.delete(order.id);
    this.#finished.set(order.id, order);
    if (this.#finished.size <= KEPT_PER_ACCOUNT_AND_SYMBOL) return;
    const [oldest] = this.#finished.values();
    this.forget(oldest as Order);
  }

  forget(order: Order): void {
    this.open.delete(order.id);
    this.#finished.delete(order.id);
    if (this.#byClientId.get(order.clientOrderId) === order) this.#byClientId.delete(order.clientOrderId);
  }

  find(id: { orderId: number } | { clientOrderId: string }): Order | null {
    if ('clientOrderId' in id) return this.#byClientId.get(id.clientOrderId) ?? null;
    return this.open.get(id.orderId) ?? this.#finished.get(id.orderId) ?? null;
  }

  /** By order id. */
  all(): Order[] {
    return [...this.open.values(), ...this.#finished.values()].toSorted((a, b) => a.id - b.id);
  }
}

/** The bound over all accounts: the first order to have finished is the first to be forgotten. */
export class FinishedOrders {
  readonly #ring: Order[] = [];
  #next = 0;

  add(order: Order): void {
    historyOf(order).finish(order);
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) drop(oldest);
    this.#ring[this.#next] = order;
    this.#next = (this.#next + 1) % KEPT_IN_ALL;
  }
}

/** Forgets an order, and its history where it was the last one in it: most accounts trade most symbols rarely. */
function drop(order: Order): void {
  const history = order.account.orders.get(order.market.symbol);
  history?.forget(order);
  if (history?.isEmpty === true) order.account.orders.delete(order.market.symbol);
}

/** The history that the order is or will be in. */
export function historyOf(order: Order): OrderHistory {
  const { account, market } = order;
  const present = account.orders.get(market.symbol);
  if (present !== undefined) return present;
  const history = new OrderHistory();
  account.orders.set(market.symbol, history);
  return history;
}
