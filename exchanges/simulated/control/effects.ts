import { Decimal } from '../../../bots/money.ts';
import type { EngineEvent, EngineOrder } from '../engine/types.ts';

/** The oldest client order ids are forgotten past this many. */
const CAPACITY = 50_000;

/** One order that the exchange accepted. */
export interface AcceptedOrder {
  orderId: number;
  symbol: string;
  status: string;
  executedQuantity: string;
  /** How many executions it has had. */
  fills: number;
}

/** What requests have come to: per account, the orders accepted under each client order id. */
export interface EffectsReport {
  ordersAccepted: number;
  fills: number;
  /** Base quantity executed, by symbol. */
  executedQuantity: Record<string, string>;
  /** Client order ids under which more than one order was ever accepted. */
  doubled: { account: string; clientOrderId: string; accepted: number }[];
  accounts: Record<string, Record<string, AcceptedOrder[]>>;
  /** Client order ids that were dropped because there were too many; 0 in any test worth its name. */
  forgotten: number;
}

interface Entry {
  account: string;
  clientOrderId: string;
  orders: AcceptedOrder[];
}

/** Counts effects from the engine's own events: what counts is what happened, whatever was answered. */
export class Effects {
  readonly #entries = new Map<string, Entry>();
  #forgotten = 0;

  listen(event: EngineEvent): void {
    if (event.type !== 'execution' || event.cause === 'REJECTED') return;
    const accepted = acceptedOrder(this.#entry(event.order).orders, event.order);
    accepted.status = event.order.status;
    if (event.fill === null) return;
    accepted.fills += 1;
    accepted.executedQuantity = event.order.executedQuantity;
  }

  /** Of one account, or of all of them. */
  report(account: string | null): EffectsReport {
    const report: EffectsReport = {
      ordersAccepted: 0,
      fills: 0,
      executedQuantity: {},
      doubled: [],
      accounts: {},
      forgotten: this.#forgotten,
    };
    for (const entry of this.#entries.values()) {
      if (account === null || account === entry.account) addTo(report, entry);
    }
    return report;
  }

  #entry({ accountId, clientOrderId }: EngineOrder): Entry {
    const key = `${accountId}\n${clientOrderId}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const oldest = this.#entries.size < CAPACITY ? undefined : this.#entries.keys().next().value;
    if (oldest !== undefined) {
      this.#entries.delete(oldest);
      this.#forgotten += 1;
    }
    const entry = { account: accountId, clientOrderId, orders: [] };
    this.#entries.set(key, entry);
    return entry;
  }
}

function acceptedOrder(orders: AcceptedOrder[], { orderId, symbol, status }: EngineOrder): AcceptedOrder {
  const known = orders.find((order) => order.orderId === orderId);
  if (known !== undefined) return known;
  const order = { orderId, symbol, status, executedQuantity: '0', fills: 0 };
  orders.push(order);
  return order;
}

function addTo(report: EffectsReport, { account, clientOrderId, orders }: Entry): void {
  const byClientId = (report.accounts[account] ??= {});
  byClientId[clientOrderId] = orders;
  report.ordersAccepted += orders.length;
  if (orders.length > 1) report.doubled.push({ account, clientOrderId, accepted: orders.length });
  for (const { symbol, fills, executedQuantity } of orders) {
    report.fills += fills;
    const sum = new Decimal(report.executedQuantity[symbol] ?? 0).plus(executedQuantity);
    report.executedQuantity[symbol] = sum.toFixed();
  }
}
