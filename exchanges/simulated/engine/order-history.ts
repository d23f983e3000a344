import { type Account, type Order, isOpen } from './model.ts';

/**
 * What is kept of finished orders, with their fills. Of an account on a symbol the newest, and whatever finished within the
 * last ten minutes. By all accounts together so many; past that the account that keeps the most forgets its oldest, so that
 * no account's orders are forgotten for what another does.
 */
export const KEPT_PER_ACCOUNT_AND_SYMBOL = 1_000;
export const KEPT_FOR_MS = 600_000;
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

  /** Moves an order that is no longer open. */
  finish(order: Order): void {
    this.open.delete(order.id);
    this.#finished.set(order.id, order);
  }

  /** The order that finished first, where it is one too many and old enough to go. */
  outdated(now: number): Order | null {
    if (this.#finished.size <= KEPT_PER_ACCOUNT_AND_SYMBOL) return null;
    const [oldest] = this.#finished.values();
    return oldest !== undefined && now - oldest.updatedAt >= KEPT_FOR_MS ? oldest : null;
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

/** The finished orders of all accounts, kept within their bounds. */
export class FinishedOrders {
  /** The accounts by how many they keep. */
  readonly #holders: Set<Account>[] = [];
  #kept = 0;

  add(order: Order): void {
    const { account, updatedAt: now } = order;
    const history = historyOf(order);
    history.finish(order);
    account.finished.add(order);
    this.#moved(account, account.finished.size - 1);
    for (let old = history.outdated(now); old !== null; old = history.outdated(now)) this.#drop(old);
    if (this.#kept > KEPT_IN_ALL) this.#drop(this.#oldestOfLargest());
  }

  /** Forgets the account's. */
  forget(account: Account): void {
    for (const order of [...account.finished]) this.#drop(order);
    this.#holders[0]?.delete(account);
  }

  /** Forgets an order, and its history where it was the last one in it: most accounts trade most symbols rarely. */
  #drop(order: Order): void {
    const { account, market } = order;
    const history = historyOf(order);
    history.forget(order);
    if (history.isEmpty) account.orders.delete(market.symbol);
    account.finished.delete(order);
    this.#moved(account, account.finished.size + 1);
  }

  #moved(account: Account, before: number): void {
    const { size } = account.finished;
    this.#kept += size - before;
    this.#holders[before]?.delete(account);
    (this.#holders[size] ??= new Set()).add(account);
    while (this.#holders.at(-1)?.size === 0) this.#holders.pop();
  }

  #oldestOfLargest(): Order {
    const [account] = this.#holders.at(-1) as Set<Account>;
    const [oldest] = (account as Account).finished;
    return oldest as Order;
  }
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
