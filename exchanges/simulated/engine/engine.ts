import type { Amount } from '../../../bots/money.ts';
import { admit } from './admission.ts';
import { unitsOf, written } from './amounts.ts';
import { balanceOf, pay } from './balances.ts';
import type { Ladder } from './book.ts';
import { rowOf } from './candles.ts';
import { balanceView, Changes } from './changes.ts';
import { Execution } from './execution.ts';
import { type Account, type Market, type Order, isOpen, orderView, remaining } from './model.ts';
import { candleRecords, marketRecord, State } from './state.ts';
import {
  type ApiKey,
  type DayStatistics,
  type Depth,
  type Engine,
  type EngineBalance,
  type EngineCandle,
  type EngineEvent,
  type EngineFill,
  type EngineOrder,
  type EngineSnapshot,
  type Move,
  type NewAccount,
  type NewOrder,
  type PublicTrade,
  Rejection,
  type StateRecord,
  type SymbolRules,
} from './types.ts';

type OrderId = { orderId: number } | { clientOrderId: string };

/** A matching engine without symbols and accounts. `clock` gives epoch ms and never goes back. */
export function createEngine({ clock }: { clock: () => number }): Engine {
  return new MatchingEngine(clock);
}

class MatchingEngine implements Engine {
  readonly now: () => number;
  readonly #state = new State();
  readonly #execution: Execution;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #commitListeners = new Set<(records: StateRecord[]) => void>();

  constructor(clock: () => number) {
    this.now = clock;
    this.#execution = new Execution(clock, this.#state);
  }

  rules(): SymbolRules[] {
    return [...this.#state.markets.values()].map(({ rules }) => rules);
  }

  addSymbol(rules: SymbolRules, startPrice: Amount): void {
    if (this.#state.markets.has(rules.symbol)) throw new Error(`${rules.symbol} is listed already.`);
    const market = this.#state.addMarket(rules, unitsOf(startPrice));
    market.candles.begin(this.now(), market.lastPrice);
    this.#commit([marketRecord(market)]);
  }

  openAccount(facts: NewAccount): void {
    if (this.#state.accounts.has(facts.id)) throw new Error(`Account ${facts.id} exists already.`);
    this.#state.addAccount(facts);
    this.#commit([{ kind: 'account', account: facts }]);
  }

  closeAccount(id: string): void {
    const account = this.#account(id);
    if (account.house) throw new Error(`${id} is the house's own.`);
    this.#change((changes) => this.#execution.close(account, changes));
  }

  account(id: string): NewAccount | null {
    return this.#state.accounts.get(id)?.facts ?? null;
  }

  accounts(): NewAccount[] {
    return [...this.#state.accounts.values()].map(({ facts }) => facts);
  }

  accountByKey(apiKey: string): { account: NewAccount; key: ApiKey } | null {
    const account = this.#state.accountsByKey.get(apiKey)?.facts;
    const key = account?.keys.find((one) => one.key === apiKey);
    return account === undefined || key === undefined ? null : { account, key };
  }

  balances(accountId: string): EngineBalance[] {
    return [...this.#account(accountId).wallet].map(([asset, balance]) => balanceView(asset, balance));
  }

  move(moves: readonly Move[], records: readonly StateRecord[] = []): void {
    const changes = new Changes();
    const paid = moves.map(({ from, to, asset, amount }) => ({
      from: this.#account(from),
      to: this.#account(to),
      asset,
      amount: unitsOf(amount),
    }));
    requireFree(paid);
    for (const record of records) changes.record(record);
    for (const { from, to, asset, amount } of paid) pay(from, to, asset, amount, changes);
    this.#tell(changes);
  }

  submit(accountId: string, request: NewOrder): { order: EngineOrder; fills: EngineFill[] } {
    const order = this.#admit(accountId, request);
    this.#state.lastOrderId = order.id;
    this.#change((changes) => this.#execution.accept(order, changes));
    return { order: orderView(order), fills: [...order.fills] };
  }

  test(accountId: string, request: NewOrder): void {
    this.#admit(accountId, request);
  }

  cancel(accountId: string, symbol: string, id: OrderId): EngineOrder {
    const order = this.#find(accountId, symbol, id);
    if (order === null || !isOpen(order)) throw new Rejection('UNKNOWN_ORDER', 'Unknown order sent.');
    this.#change((changes) => this.#execution.end(order, 'CANCELED', changes));
    return orderView(order);
  }

  order(accountId: string, symbol: string, id: OrderId): EngineOrder | null {
    const order = this.#find(accountId, symbol, id);
    return order === null ? null : orderView(order);
  }

  openOrders(accountId: string, symbol: string | null): EngineOrder[] {
    const { orders } = this.#account(accountId);
    const histories = symbol === null ? [...orders.values()] : [orders.get(symbol)];
    const open = histories.flatMap((history) => [...(history?.open.values() ?? [])]);
    return open.toSorted((a, b) => a.id - b.id).map(orderView);
  }

  allOrders(accountId: string, symbol: string): EngineOrder[] {
    return this.#orders(accountId, symbol).map(orderView);
  }

  fills(accountId: string, symbol: string): EngineFill[] {
    const fills = this.#orders(accountId, symbol).flatMap((order) => order.fills);
    return fills.sort((a, b) => a.tradeId - b.tradeId);
  }

  fillsOfOrder(accountId: string, symbol: string, orderId: number): EngineFill[] {
    return [...(this.#find(accountId, symbol, { orderId })?.fills ?? [])];
  }

  depth(symbol: string, limit: number): Depth {
    const { book } = this.#market(symbol);
    return { lastUpdateId: book.updateId, bids: levels(book.bids, limit), asks: levels(book.asks, limit) };
  }

  trades(symbol: string, limit: number): PublicTrade[] {
    return this.#market(symbol).tape.slice(-limit);
  }

  lastPrice(symbol: string): Amount {
    return written(this.#market(symbol).lastPrice);
  }

  startPrice(symbol: string): Amount {
    return written(this.#market(symbol).startPrice);
  }

  averagePrice(symbol: string): Amount {
    const market = this.#market(symbol);
    return written(market.candles.average(this.now()) ?? market.lastPrice);
  }

  candles(
    symbol: string,
    interval: number,
    range: { start?: number; end?: number; limit: number },
  ): EngineCandle[] {
    return this.#market(symbol).candles.read(interval, range, this.now());
  }

  day(symbol: string): DayStatistics {
    const { candles, lastTradeId } = this.#market(symbol);
    const now = this.now();
    const day = candles.day(now);
    return {
      symbol,
      open: written(day.open),
      high: written(day.high),
      low: written(day.low),
      last: written(day.close),
      volume: written(day.volume),
      quoteVolume: written(day.quoteVolume),
      trades: day.trades,
      openTime: day.openTime,
      closeTime: now,
      firstTradeId: lastTradeId - day.trades + 1,
      lastTradeId,
    };
  }

  backfill(symbol: string, history: { interval: number; candles: EngineCandle[] }[]): void {
    const market = this.#market(symbol);
    market.candles.backfill(history.map(({ interval, candles }) => ({ interval, rows: candles.map(rowOf) })));
    market.lastTradeId += market.candles.day(this.now()).trades;
    this.#commit([...candleRecords(market)]);
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onCommit(listener: (records: StateRecord[]) => void): () => void {
    this.#commitListeners.add(listener);
    return () => this.#commitListeners.delete(listener);
  }

  records(): Iterable<StateRecord> {
    return this.#state.records();
  }

  snapshot(): EngineSnapshot {
    return { version: 1, records: [...this.records()] };
  }

  restore(snapshot: { version: 1; records: Iterable<StateRecord> }): void {
    if (snapshot.version !== 1) throw new Error('This state was written by another version of the exchange.');
    if (this.#state.markets.size > 0) throw new Error('Restore before symbols and accounts are added.');
    this.#state.restore(snapshot.records, this.now());
  }

  #admit(accountId: string, request: NewOrder): Order {
    const market = this.#state.markets.get(request.symbol);
    if (market === undefined) throw new Rejection('UNKNOWN_SYMBOL', 'Invalid symbol.');
    return admit(this.#account(accountId), market, request, this.#state.lastOrderId + 1, this.now());
  }

  /** Runs one change and tells of it once it is whole: listeners may call the engine again. */
  #change(run: (changes: Changes) => void): void {
    const changes = new Changes();
    run(changes);
    this.#tell(changes);
  }

  #tell(changes: Changes): void {
    this.#commit(changes.records());
    for (const event of changes.events(this.now())) for (const listener of this.#listeners) listener(event);
  }

  #commit(records: StateRecord[]): void {
    if (records.length > 0) for (const listener of this.#commitListeners) listener(records);
  }

  #account(id: string): Account {
    const account = this.#state.accounts.get(id);
    if (account === undefined) throw new Error(`There is no account ${id}.`);
    return account;
  }

  #market(symbol: string): Market {
    const market = this.#state.markets.get(symbol);
    if (market === undefined) throw new Rejection('UNKNOWN_SYMBOL', 'Invalid symbol.');
    return market;
  }

  #orders(accountId: string, symbol: string): Order[] {
    return this.#account(accountId).orders.get(symbol)?.all() ?? [];
  }

  #find(accountId: string, symbol: string, id: OrderId): Order | null {
    return this.#account(accountId).orders.get(symbol)?.find(id) ?? null;
  }
}

/** What an account pays out in one change must be free before it. */
function requireFree(paid: readonly { from: Account; asset: string; amount: bigint }[]): void {
  for (const { from, asset } of paid) {
    const sum = paid
      .filter((each) => each.from === from && each.asset === asset)
      .reduce((total, { amount }) => total + amount, 0n);
    if (sum > balanceOf(from, asset).free)
      throw new Rejection('INSUFFICIENT_BALANCE', 'Account has insufficient balance for requested action.');
  }
}

function levels(ladder: Ladder, limit: number): [Amount, Amount][] {
  return Array.from({ length: Math.min(limit, ladder.size) }, (_, n) => {
    const level = ladder.level(n);
    const quantity = [...(level?.orders.values() ?? [])].reduce((sum, order) => sum + remaining(order), 0n);
    return [written(level?.price ?? 0n), written(quantity)];
  });
}
