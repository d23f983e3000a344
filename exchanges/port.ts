import type { Candle, Market, Timeframe } from '../bots/market.ts';
import type { Amount } from '../bots/money.ts';
import type { Fill, OrderType, Side } from '../bots/orders.ts';

/** An order as the venue reports it. */
export interface VenueOrder {
  clientOrderId: string;
  /** The venue's own id. */
  orderId: string;
  symbol: string;
  side: Side;
  type: OrderType;
  price: Amount | null;
  quantity: Amount;
  filled: Amount;
  status: 'OPEN' | 'FILLED' | 'CANCELLED' | 'REFUSED';
  /** Epoch ms on the venue's clock. */
  at: number;
}

export interface OrderRequest {
  symbol: string;
  clientOrderId: string;
  side: Side;
  type: OrderType;
  quantity: Amount;
  price: Amount | null;
  /** Epoch ms on this machine's clock: past it nothing is sent any more (`ExchangeError`, phase `before_call`). */
  sendBefore: number;
}

export interface Balance {
  asset: string;
  free: Amount;
  locked: Amount;
}

/** What an API key is allowed to do. */
export interface KeyRights {
  canTrade: boolean;
  canWithdraw: boolean;
  /** Whether it is good from certain addresses only; null where the venue binds none. */
  isAddressBound: boolean | null;
}

/**
 * What the account's own stream says. `reconnected`: it stands, for the first time or again; something may have been missed
 * before, so read orders now.
 */
export type AccountEvent =
  | {
      type: 'order';
      symbol: string;
      clientOrderId: string;
      orderId: string;
      status: VenueOrder['status'];
      filled: Amount;
    }
  | { type: 'reconnected' };

/** What a market's stream says. `price` is the last trade's. */
export type MarketEvent =
  | { type: 'trade'; price: Amount; at: number }
  /** Nothing comes in any more: the last word came at `heardAt` (this machine's clock; null: never). Prices may have moved. */
  | { type: 'stale'; heardAt: number | null }
  /** Data flows, for the first time or again: a trade follows. */
  | { type: 'live' }
  /** A candle has closed. */
  | { type: 'candle'; timeframe: Timeframe; candle: Candle };

export type Unsubscribe = () => void;

/**
 * One account on one venue. Reads may be retried by whoever calls; `place` and `cancel` send once and never again.
 * Every failure is an `ExchangeError`.
 */
export interface Exchange {
  /** The market's rules, cached. `unknown_market` where the venue has none of that name. */
  market(symbol: string): Promise<Market>;
  /** Last trade price. */
  price(symbol: string): Promise<{ price: Amount; at: number }>;
  /** Closed candles, oldest first. */
  candles(symbol: string, timeframe: Timeframe, range: { since?: number; limit: number }): Promise<Candle[]>;
  balances(): Promise<Balance[]>;
  /** What the account's key may do, as the venue says now. `bad_credentials` where it does not know the key. */
  keyRights(): Promise<KeyRights>;
  place(order: OrderRequest): Promise<VenueOrder>;
  /** The order as it stands after the cancel; an order already filled is returned as filled, not an error. */
  cancel(order: { symbol: string; clientOrderId: string }): Promise<VenueOrder>;
  /** The newest order under that client id, or null where the venue has none. */
  orderByClientId(order: { symbol: string; clientOrderId: string }): Promise<VenueOrder | null>;
  openOrders(symbol: string): Promise<VenueOrder[]>;
  /** Every own order placed at or after `since`, epoch ms, as far back as the venue remembers; oldest first. */
  ordersSince(of: { symbol: string; since: number }): Promise<VenueOrder[]>;
  /** Every own fill of one order, oldest first. */
  fillsOfOrder(order: { symbol: string; orderId: string }): Promise<Fill[]>;
  /** Shared per (exchange, symbol) by all subscribers; reconnects by itself. */
  watchMarket(
    symbol: string,
    timeframe: Timeframe | null,
    listener: (event: MarketEvent) => void,
  ): Unsubscribe;
  /** Shared per account by all subscribers; reconnects by itself. */
  watchAccount(symbol: string, listener: (event: AccountEvent) => void): Unsubscribe;
  close(): Promise<void>;
}

/**
 * `before_call`: nothing left this machine. `refused`: the venue said no, definitively. `unknown`: it may have happened.
 * `accepted`: it did happen, though something after it failed.
 */
export type Phase = 'before_call' | 'refused' | 'unknown' | 'accepted';

export type ExchangeErrorCode =
  | 'unknown_market'
  | 'unknown_order'
  | 'bad_credentials'
  | 'permission_denied'
  | 'insufficient_funds'
  | 'below_minimum'
  | 'invalid_order'
  | 'duplicate_order'
  /** Of money: the id of a transfer or withdrawal is taken. */
  | 'duplicate_id'
  | 'invalid_address'
  | 'invalid_amount'
  | 'unknown_sub_account'
  | 'rate_limited'
  | 'banned'
  | 'clock_skew'
  | 'too_late'
  | 'unavailable'
  | 'unreadable_answer'
  | 'unsupported_exchange'
  | 'other';

/** A failure of a call to a venue. The message is redacted: no key, signature, URL or header is in it. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly code: ExchangeErrorCode;
  readonly phase: Phase;
  /** True where the same call may be made again without risk of a second effect. */
  readonly retrySafe: boolean;
  /** True where no retry will help until a person changes something. */
  readonly final: boolean;
  /** How long the venue asked to be left alone, ms. */
  readonly retryAfterMs: number | null;
  /** The venue's own code, e.g. `-2010`. */
  readonly venueCode: string | null;

  constructor(
    message: string,
    facts: {
      code: ExchangeErrorCode;
      phase: Phase;
      retrySafe: boolean;
      final: boolean;
      retryAfterMs?: number | null;
      venueCode?: string | null;
    },
  ) {
    super(message);
    this.code = facts.code;
    this.phase = facts.phase;
    this.retrySafe = facts.retrySafe;
    this.final = facts.final;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.venueCode = facts.venueCode ?? null;
  }
}

/** What is needed to open an account: never logged, never stored unencrypted. */
export interface Credentials {
  apiKey: string;
  secret: string;
  /** Of venues whose keys have one, such as Bitget's. */
  passphrase?: string;
}
