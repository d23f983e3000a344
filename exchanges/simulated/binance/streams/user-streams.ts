import type { EngineEvent } from '../../engine/types.ts';
import { eightDecimals, executionReport } from '../present-order.ts';
import type { Venue } from '../venue.ts';

/** A connection that an account's events go to. */
export interface UserListener {
  receive(event: string): void;
  /** Cuts the connection. */
  drop(): void;
}

/** Tells accounts of their orders and balances, through the faults that are armed. */
export class UserStreams {
  readonly #venue: Venue;
  readonly #listeners = new Map<string, Set<UserListener>>();
  /** Events held back until the account's next one. */
  readonly #held = new Map<string, string[]>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  add(accountId: string, listener: UserListener): void {
    const listeners = this.#listeners.get(accountId) ?? new Set<UserListener>();
    this.#listeners.set(accountId, listeners.add(listener));
  }

  remove(accountId: string, listener: UserListener): void {
    const listeners = this.#listeners.get(accountId);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(accountId);
  }

  /** Cuts every connection of an account, or of all accounts. Returns how many. */
  drop(accountId: string | null): number {
    const accounts = accountId === null ? [...this.#listeners.keys()] : [accountId];
    const cut = accounts.flatMap((id) => [...(this.#listeners.get(id) ?? [])]);
    for (const listener of cut) listener.drop();
    return cut.length;
  }

  listen(event: EngineEvent): void {
    if (event.type === 'execution') {
      const { order, cause, fill } = event;
      if (!this.#listeners.has(order.accountId)) return;
      const cancelId = cause === 'CANCELED' ? (this.#venue.cancelIds.get(order.orderId) ?? null) : null;
      this.#deliver(order.accountId, executionReport(order, cause, fill, cancelId), order.clientOrderId);
    } else if (event.type === 'balances') {
      if (!this.#listeners.has(event.accountId)) return;
      this.#deliver(event.accountId, accountPosition(event), null);
    }
  }

  #deliver(account: string, event: object, clientOrderId: string | null): void {
    const path = 'e' in event ? String(event.e) : '';
    const fault = this.#venue.faults?.forEvent(() => ({ method: 'EVENT', path, account, clientOrderId }));
    const text = JSON.stringify(event);
    if (fault?.kind === 'withheld_events') return;
    if (fault?.kind === 'dropped_socket') {
      this.drop(account);
      return;
    }
    if (fault?.kind === 'out_of_order_events') {
      this.#held.set(account, [...(this.#held.get(account) ?? []), text]);
      return;
    }
    this.#send(account, text);
    if (fault?.kind === 'duplicate_events') this.#send(account, text);
    for (const held of this.#held.get(account) ?? []) this.#send(account, held);
    this.#held.delete(account);
  }

  #send(account: string, text: string): void {
    for (const listener of this.#listeners.get(account) ?? []) listener.receive(text);
  }
}

function accountPosition(event: Extract<EngineEvent, { type: 'balances' }>): object {
  return {
    e: 'outboundAccountPosition',
    E: event.at,
    u: event.at,
    B: event.balances.map(({ asset, free, locked }) => ({
      a: asset,
      f: eightDecimals(free),
      l: eightDecimals(locked),
    })),
  };
}
