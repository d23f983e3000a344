import { unitsOf, written } from './amounts.ts';
import { balanceOf, need } from './balances.ts';
import { Book } from './book.ts';
import { decodeRows, encodeRows } from './candle-rows.ts';
import { Candles } from './candles.ts';
import { balanceRecord, orderRecord } from './changes.ts';
import { limitsOf } from './filters.ts';
import { type Account, type Market, type Order, isOpen, paysWith } from './model.ts';
import { FinishedOrders, historyOf } from './order-history.ts';
import { Stops } from './stops.ts';
import type { EngineOrder, NewAccount, StateRecord, SymbolRules } from './types.ts';

/** The account that receives every fee, and what closed accounts held. */
export const TILL = 'house:fees';
/** Trades among the house since the last record are not written down: their ids are jumped over, never given twice. */
const TRADE_ID_GAP = 10_000;

/** All that an engine knows. */
export class State {
  readonly accounts = new Map<string, Account>();
  readonly accountsByKey = new Map<string, Account>();
  readonly markets = new Map<string, Market>();
  readonly finished = new FinishedOrders();
  readonly till: Account;
  lastOrderId = 0;
  /** The last place in time priority given. */
  lastRank = 0;
  /** The last match that was prevented. */
  lastPreventedId = 0;

  constructor() {
    this.till = this.addAccount({
      id: TILL,
      keys: [],
      balances: {},
      makerFee: '0',
      takerFee: '0',
      feeAsset: 'received',
      house: true,
    });
  }

  addAccount(facts: NewAccount): Account {
    const account: Account = {
      id: facts.id,
      facts,
      house: facts.house === true,
      makerFee: unitsOf(facts.makerFee),
      takerFee: unitsOf(facts.takerFee),
      wallet: new Map(),
      orders: new Map(),
      finished: new Set(),
    };
    for (const [asset, amount] of Object.entries(facts.balances)) {
      account.wallet.set(asset, { free: unitsOf(amount), locked: 0n });
    }
    this.accounts.set(account.id, account);
    for (const { key } of facts.keys) this.accountsByKey.set(key, account);
    return account;
  }

  removeAccount(account: Account): void {
    this.finished.forget(account);
    for (const { key } of account.facts.keys) this.accountsByKey.delete(key);
    this.accounts.delete(account.id);
  }

  addMarket(rules: SymbolRules, startPrice: bigint): Market {
    const market: Market = {
      symbol: rules.symbol,
      rules,
      limits: limitsOf(rules),
      startPrice,
      lastPrice: startPrice,
      lastTradeId: 0,
      book: new Book(),
      stops: new Stops(),
      candles: new Candles(),
      tape: [],
    };
    this.markets.set(market.symbol, market);
    return market;
  }

  /** Everything as records, in an order that `restore` can read. The house's orders are left out. */
  *records(): Generator<StateRecord> {
    for (const market of this.markets.values()) yield* marketRecords(market);
    for (const account of this.accounts.values()) {
      if (account !== this.till) yield { kind: 'account', account: account.facts };
      for (const asset of account.wallet.keys()) yield balanceRecord(account, asset);
      if (!account.house) yield* orderRecords(account);
    }
  }

  /** Reads records into this empty state, then puts the open orders back on their books in their old priority. */
  restore(records: Iterable<StateRecord>, now: number): void {
    for (const record of records) this.#apply(record);
    const open = [...this.accounts.values()].flatMap((account) =>
      [...account.orders.values()].flatMap((history) => [...history.open.values()]),
    );
    for (const order of open.toSorted((a, b) => a.rank - b.rank || a.id - b.id)) replace(order);
    for (const market of this.markets.values()) {
      market.candles.begin(now, market.lastPrice);
      market.lastTradeId += TRADE_ID_GAP;
    }
  }

  #apply(record: StateRecord): void {
    if (record.kind === 'account') this.addAccount(record.account);
    else if (record.kind === 'closed') this.#applyClosed(record);
    else if (record.kind === 'balance') this.#applyBalance(record);
    else if (record.kind === 'order') this.#applyOrder(record.order, record.rank);
    else if (record.kind === 'fill') this.#applyFill(record);
    else if (record.kind === 'candles') this.#applyCandles(record);
    else if (record.kind === 'symbol') {
      const market = this.addMarket(record.rules, unitsOf(record.startPrice));
      market.lastPrice = unitsOf(record.lastPrice);
      market.lastTradeId = record.lastTradeId;
    }
  }

  #applyClosed({ accountId }: StateRecord & { kind: 'closed' }): void {
    const account = this.accounts.get(accountId);
    if (account) this.removeAccount(account);
  }

  #applyBalance({ accountId, asset, total }: StateRecord & { kind: 'balance' }): void {
    balanceOf(this.accounts.get(accountId) as Account, asset).free = unitsOf(total);
  }

  #applyOrder(view: EngineOrder, rank: number): void {
    const account = this.accounts.get(view.accountId) as Account;
    const market = this.markets.get(view.symbol) as Market;
    const known = account.orders.get(view.symbol)?.find({ orderId: view.orderId }) ?? null;
    const order = known ?? { ...orderOf(view, account, market), status: 'NEW' };
    const wasOpen = isOpen(order);
    if (known === null) historyOf(order).add(order);
    Object.assign(order, { ...orderOf(view, account, market), rank, fills: order.fills });
    if (wasOpen && !isOpen(order)) this.finished.add(order);
    this.lastOrderId = Math.max(this.lastOrderId, order.id);
    this.lastRank = Math.max(this.lastRank, rank);
    this.lastPreventedId = Math.max(this.lastPreventedId, order.prevention?.matchId ?? 0);
  }

  #applyFill({ fill }: StateRecord & { kind: 'fill' }): void {
    const order = this.accounts.get(fill.accountId)?.orders.get(fill.symbol)?.find({ orderId: fill.orderId });
    if (order && !order.fills.some(({ tradeId }) => tradeId === fill.tradeId)) order.fills.push(fill);
    this.#advance(fill.symbol, fill.tradeId, unitsOf(fill.price));
  }

  #applyCandles({ symbol, interval, rows, lastTradeId }: StateRecord & { kind: 'candles' }): void {
    const decoded = decodeRows(rows);
    this.markets.get(symbol)?.candles.restore(interval, decoded);
    const close = decoded.at(-1)?.close;
    if (close !== undefined) this.#advance(symbol, lastTradeId, close);
  }

  #advance(symbol: string, tradeId: number, price: bigint): void {
    const market = this.markets.get(symbol) as Market;
    if (tradeId <= market.lastTradeId) return;
    market.lastTradeId = tradeId;
    market.lastPrice = price;
  }
}

/** Locks what an open order needs and puts it back where it waits. */
function replace(order: Order): void {
  order.lock = need(order);
  const balance = balanceOf(order.account, paysWith(order));
  balance.free -= order.lock;
  balance.locked += order.lock;
  if (order.working) order.market.book.side(order.side).add(order.price as bigint, order);
  else order.market.stops.add(order);
}

export function marketRecord(market: Market): StateRecord {
  const { rules, lastTradeId } = market;
  const startPrice = written(market.startPrice);
  return { kind: 'symbol', rules, startPrice, lastPrice: written(market.lastPrice), lastTradeId };
}

export function* candleRecords(market: Market): Generator<StateRecord> {
  const { symbol, lastTradeId } = market;
  for (const { interval, rows } of market.candles.dump()) {
    yield { kind: 'candles', symbol, interval, rows: encodeRows(rows), lastTradeId };
  }
}

function* marketRecords(market: Market): Generator<StateRecord> {
  yield marketRecord(market);
  yield* candleRecords(market);
}

function* orderRecords(account: Account): Generator<StateRecord> {
  for (const history of account.orders.values()) {
    for (const order of history.all()) {
      yield orderRecord(order);
      for (const fill of order.fills) yield { kind: 'fill', fill };
    }
  }
}

function orderOf(view: EngineOrder, account: Account, market: Market): Order {
  return {
    id: view.orderId,
    account,
    market,
    side: view.side,
    type: view.type,
    timeInForce: view.timeInForce,
    clientOrderId: view.clientOrderId,
    quantity: unitsOf(view.quantity),
    quoteQuantity: view.quoteQuantity === null ? null : unitsOf(view.quoteQuantity),
    price: view.price === null ? null : unitsOf(view.price),
    stopPrice: view.stopPrice === null ? null : unitsOf(view.stopPrice),
    executed: unitsOf(view.executedQuantity),
    cumulative: unitsOf(view.cumulativeQuote),
    status: view.status,
    working: view.working,
    // Older files have neither.
    workingSince: view.workingSince ?? (view.working ? view.createdAt : null),
    prevention: view.prevention ?? null,
    rank: 0,
    lock: 0n,
    createdAt: view.createdAt,
    updatedAt: view.updatedAt,
    fills: [],
  };
}
