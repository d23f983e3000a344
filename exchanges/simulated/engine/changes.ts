import { written } from './amounts.ts';
import { encodeRows, type CandleRow } from './candle-rows.ts';
import { type Account, type Balance, type Market, type Order, orderView } from './model.ts';
import type { EngineEvent, EngineFill, ExecutionCause, PublicTrade, StateRecord } from './types.ts';

/** What one call on the engine has changed: events for listeners, records for a restart. The house's own are left out. */
export class Changes {
  readonly #events: EngineEvent[] = [];
  readonly #records: StateRecord[] = [];
  readonly #orders = new Set<Order>();
  readonly #books = new Set<Market>();
  /** Free or locked changed: the account is told. */
  readonly #touched = new Map<Account, Set<string>>();
  /** The total changed: a restart must know. */
  readonly #moved = new Map<Account, Set<string>>();
  readonly #closed: StateRecord[] = [];

  record(record: StateRecord): void {
    this.#records.push(record);
  }

  book(market: Market): void {
    this.#books.add(market);
  }

  touched(account: Account, asset: string): void {
    if (!account.house) note(this.#touched, account, asset);
  }

  moved(account: Account, asset: string): void {
    note(this.#moved, account, asset);
    this.touched(account, asset);
  }

  closed({ id }: Account): void {
    this.#closed.push({ kind: 'closed', accountId: id });
  }

  execution(order: Order, cause: ExecutionCause, fill: EngineFill | null): void {
    if (order.account.house) return;
    this.#orders.add(order);
    this.#events.push({ type: 'execution', cause, order: orderView(order), fill });
    if (fill !== null) this.#records.push({ kind: 'fill', fill });
  }

  trade(trade: PublicTrade): void {
    this.#events.push({ type: 'trade', trade });
  }

  minute(market: Market, row: CandleRow): void {
    const { symbol, lastTradeId } = market;
    this.#records.push({ kind: 'candles', symbol, interval: 60_000, rows: encodeRows([row]), lastTradeId });
  }

  /** The records of the change, orders before their fills, an account's end last. */
  records(): StateRecord[] {
    const orders = [...this.#orders].map(orderRecord);
    return [...orders, ...this.#records, ...flatten(this.#moved, balanceRecord), ...this.#closed];
  }

  events(at: number): EngineEvent[] {
    const events = this.#events;
    for (const [account, assets] of this.#touched) {
      const balances = [...assets].map((asset) => balanceView(asset, account.wallet.get(asset)));
      events.push({ type: 'balances', accountId: account.id, balances, at });
    }
    for (const { symbol } of this.#books) events.push({ type: 'book', symbol, at });
    return events;
  }
}

export function orderRecord(order: Order): StateRecord {
  return { kind: 'order', order: orderView(order), rank: order.rank };
}

export function balanceRecord(account: Account, asset: string): StateRecord {
  const { free, locked } = account.wallet.get(asset) ?? NOTHING;
  return { kind: 'balance', accountId: account.id, asset, total: written(free + locked) };
}

export function balanceView(
  asset: string,
  balance: Balance = NOTHING,
): { asset: string; free: string; locked: string } {
  return { asset, free: written(balance.free), locked: written(balance.locked) };
}

const NOTHING: Balance = { free: 0n, locked: 0n };

function note(notes: Map<Account, Set<string>>, account: Account, asset: string): void {
  const assets = notes.get(account);
  if (assets === undefined) notes.set(account, new Set([asset]));
  else assets.add(asset);
}

function flatten<T>(notes: Map<Account, Set<string>>, each: (account: Account, asset: string) => T): T[] {
  return [...notes].flatMap(([account, assets]) => [...assets].map((asset) => each(account, asset)));
}
