import type { Amount } from '../../../bots/money.ts';
import type { Side } from '../../../bots/orders.ts';

/** The trading rules of one simulated market. Symbols in venue form (`BTCUSDT`). */
export interface SymbolRules {
  symbol: string;
  base: string;
  quote: string;
  tickSize: Amount;
  minPrice: Amount;
  maxPrice: Amount;
  stepSize: Amount;
  minQuantity: Amount;
  maxQuantity: Amount;
  /** MARKET_LOT_SIZE: the most of one market order. */
  maxMarketQuantity: Amount;
  minNotional: Amount;
  maxOrders: number;
  /** PERCENT_PRICE_BY_SIDE multipliers against the average price. */
  bidMultiplierUp: Amount;
  bidMultiplierDown: Amount;
  askMultiplierUp: Amount;
  askMultiplierDown: Amount;
}

export type EngineOrderType =
  'LIMIT' | 'MARKET' | 'STOP_LOSS_LIMIT' | 'TAKE_PROFIT_LIMIT' | 'LIMIT_MAKER' | 'STOP_LOSS' | 'TAKE_PROFIT';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type EngineOrderStatus =
  'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH' | 'REJECTED';
/** What happened to an order. `TRADE_PREVENTION`: it rested in the way of its own account's order and expired. */
export type ExecutionCause = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'TRADE_PREVENTION' | 'REJECTED';

/** A match that was not made because both orders were of one account. */
export interface Prevention {
  matchId: number;
  /** What would have been traded. */
  quantity: Amount;
  /** The order that came upon it. */
  takerOrderId: number;
}

export interface NewOrder {
  symbol: string;
  side: Side;
  type: EngineOrderType;
  timeInForce: TimeInForce;
  clientOrderId: string;
  /** One of the two; `quoteQuantity` for market orders only. */
  quantity: Amount | null;
  quoteQuantity: Amount | null;
  price: Amount | null;
  stopPrice: Amount | null;
}

export interface EngineOrder extends Omit<NewOrder, 'quantity'> {
  orderId: number;
  accountId: string;
  quantity: Amount;
  executedQuantity: Amount;
  /** Quote spent or received so far. */
  cumulativeQuote: Amount;
  status: EngineOrderStatus;
  /** False for a stop order whose stop price has not been touched. */
  working: boolean;
  /** When it began to work: a stop order when it was touched. Null before. */
  workingSince: number | null;
  /** Where it is `EXPIRED_IN_MATCH`. */
  prevention: Prevention | null;
  createdAt: number;
  updatedAt: number;
}

export interface EngineFill {
  tradeId: number;
  orderId: number;
  accountId: string;
  symbol: string;
  side: Side;
  price: Amount;
  quantity: Amount;
  quoteQuantity: Amount;
  fee: Amount;
  feeAsset: string;
  maker: boolean;
  at: number;
}

export interface PublicTrade {
  tradeId: number;
  symbol: string;
  price: Amount;
  quantity: Amount;
  /** True where the buyer rested and the seller took. */
  buyerIsMaker: boolean;
  at: number;
}

export interface EngineBalance {
  asset: string;
  free: Amount;
  locked: Amount;
}

/** A free amount on its way from one account to another. */
export interface Move {
  from: string;
  to: string;
  asset: string;
  amount: Amount;
}

export interface ApiKey {
  key: string;
  secret: string;
  /** `transfer`: between the account and its sub-accounts; none where it is not said. */
  permissions: { read: boolean; trade: boolean; withdraw: boolean; transfer?: boolean | undefined };
  /** Addresses the key is bound to; empty: any. */
  ips: string[];
}

export interface NewAccount {
  id: string;
  keys: ApiKey[];
  balances: Record<string, Amount>;
  /** Fractions, `"0.001"` = 0.1 %. */
  makerFee: Amount;
  takerFee: Amount;
  /** `asset received` is the venue's default; or a third coin such as `BNB` while its balance lasts. */
  feeAsset: 'received' | 'quote' | string;
  /** A sub-account: whose, its number, and when it was opened (epoch ms). It has no keys. */
  sub?: { master: string; number: number; at: number };
  /** An account of the house that makes the market: no filters, no fees, no history, no events of its own. */
  house?: boolean;
}

/** Why the engine refused an order; the wire format turns each into its venue's code and message. */
export type RejectionReason =
  | 'UNKNOWN_SYMBOL'
  | 'UNKNOWN_ORDER'
  | 'DUPLICATE_CLIENT_ORDER_ID'
  | 'INSUFFICIENT_BALANCE'
  | 'PRICE_FILTER'
  | 'LOT_SIZE'
  | 'MARKET_LOT_SIZE'
  | 'NOTIONAL'
  | 'PERCENT_PRICE_BY_SIDE'
  | 'MAX_NUM_ORDERS'
  | 'WOULD_MATCH_IMMEDIATELY'
  | 'STOP_WOULD_TRIGGER_IMMEDIATELY';

export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly reason: RejectionReason;
  constructor(reason: RejectionReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the engine tells its listeners, in the order it happened. */
export type EngineEvent =
  | { type: 'trade'; trade: PublicTrade }
  /** The best prices or the depth of a book changed. */
  | { type: 'book'; symbol: string; at: number }
  /** An order of an account changed; `fill` where an execution was the cause. */
  | {
      type: 'execution';
      cause: ExecutionCause;
      order: EngineOrder;
      fill: EngineFill | null;
    }
  | { type: 'balances'; accountId: string; balances: EngineBalance[]; at: number };

export interface Depth {
  lastUpdateId: number;
  /** Best first, [price, quantity]. */
  bids: [Amount, Amount][];
  asks: [Amount, Amount][];
}

export interface DayStatistics {
  symbol: string;
  open: Amount;
  high: Amount;
  low: Amount;
  last: Amount;
  volume: Amount;
  quoteVolume: Amount;
  trades: number;
  openTime: number;
  closeTime: number;
  firstTradeId: number;
  lastTradeId: number;
}

/** A candle as the venue prints it: exact amounts. `closed` false for the running one. */
export interface EngineCandle {
  openTime: number;
  closeTime: number;
  open: Amount;
  high: Amount;
  low: Amount;
  close: Amount;
  volume: Amount;
  quoteVolume: Amount;
  trades: number;
  takerBaseVolume: Amount;
  takerQuoteVolume: Amount;
  closed: boolean;
}

/** One matching engine. Synchronous: a call has happened when it returns. Times are epoch ms of its clock. */
export interface Engine {
  now(): number;
  rules(): SymbolRules[];
  addSymbol(rules: SymbolRules, startPrice: Amount): void;
  openAccount(account: NewAccount): void;
  /** Cancels its open orders and forgets it, with its keys; what it held becomes the house's. Throws where it is none of a trader. */
  closeAccount(id: string): void;
  account(id: string): NewAccount | null;
  /** In the order they were opened. */
  accounts(): NewAccount[];
  accountByKey(apiKey: string): { account: NewAccount; key: ApiKey } | null;
  balances(accountId: string): EngineBalance[];
  /**
   * Moves free amounts between accounts, all or none, and commits `records` with them as one change. Throws
   * `INSUFFICIENT_BALANCE`.
   */
  move(moves: readonly Move[], records?: readonly StateRecord[]): void;
  submit(accountId: string, order: NewOrder): { order: EngineOrder; fills: EngineFill[] };
  /** Checks all that `submit` checks and changes nothing. */
  test(accountId: string, order: NewOrder): void;
  cancel(accountId: string, symbol: string, id: { orderId: number } | { clientOrderId: string }): EngineOrder;
  order(
    accountId: string,
    symbol: string,
    id: { orderId: number } | { clientOrderId: string },
  ): EngineOrder | null;
  openOrders(accountId: string, symbol: string | null): EngineOrder[];
  allOrders(accountId: string, symbol: string): EngineOrder[];
  /** Own fills of the orders still kept, oldest first. */
  fills(accountId: string, symbol: string): EngineFill[];
  fillsOfOrder(accountId: string, symbol: string, orderId: number): EngineFill[];
  depth(symbol: string, limit: number): Depth;
  trades(symbol: string, limit: number): PublicTrade[];
  lastPrice(symbol: string): Amount;
  averagePrice(symbol: string): Amount;
  /** Oldest first; the last is the running one. `interval` in ms. */
  candles(
    symbol: string,
    interval: number,
    range: { start?: number; end?: number; limit: number },
  ): EngineCandle[];
  day(symbol: string): DayStatistics;
  /** History before the first trade, oldest first, without gaps; `interval` one of 1 s, 1 m, 1 h. Where they overlap the finer counts. */
  backfill(symbol: string, history: { interval: number; candles: EngineCandle[] }[]): void;
  /** The price it was listed at. */
  startPrice(symbol: string): Amount;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /** Told what a restart needs of every change, before `subscribe`'s listeners hear of it. One array, one atom. */
  onCommit(listener: (records: StateRecord[]) => void): () => void;
  /** All that a restart needs, piece by piece: for a big state. Read it before anything changes. */
  records(): Iterable<StateRecord>;
  /** The same in one, as plain JSON. */
  snapshot(): EngineSnapshot;
  /** Into an engine without symbols and accounts only. Ids go on where they were; the house's quotes are not kept. */
  restore(snapshot: { version: 1; records: Iterable<StateRecord> }): void;
}

/** A piece of state, absolute: applying it twice is applying it once. */
export type StateRecord =
  | { kind: 'symbol'; rules: SymbolRules; startPrice: Amount; lastPrice: Amount; lastTradeId: number }
  | { kind: 'account'; account: NewAccount }
  | { kind: 'closed'; accountId: string }
  /** Free and locked together; what is locked follows from the open orders. */
  | { kind: 'balance'; accountId: string; asset: string; total: Amount }
  /** `rank` is its place in time priority. */
  | { kind: 'order'; order: EngineOrder; rank: number }
  | { kind: 'fill'; fill: EngineFill }
  /** Rows of ten 64-bit integers, base64. */
  | { kind: 'candles'; symbol: string; interval: number; rows: string; lastTradeId: number }
  /** The wallet's, committed with the balances it moves; the engine keeps and reads none. */
  | { kind: 'wallet'; record: unknown };

export interface EngineSnapshot {
  version: 1;
  records: StateRecord[];
}
