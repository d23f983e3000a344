import type { Amount } from './money.ts';

export type Side = 'BUY' | 'SELL';
export type OrderType = 'LIMIT' | 'MARKET';

/**
 * What became of an intent or an order.
 * `SENDING`: committed, its send not yet answered. `UNKNOWN`: sent, the answer was lost; being asked for.
 * `OPEN`: resting on the venue. `FILLED`, `CANCELLED` (perhaps partly filled), `REFUSED` (never existed there),
 * `ABSENT` (the venue was asked and never had it) are final.
 */
export type OrderStatus = 'SENDING' | 'UNKNOWN' | 'OPEN' | 'FILLED' | 'CANCELLED' | 'REFUSED' | 'ABSENT';

const FINAL: ReadonlySet<OrderStatus> = new Set(['FILLED', 'CANCELLED', 'REFUSED', 'ABSENT']);

/** True where nothing more can happen to the order. */
export function isFinal(status: OrderStatus): boolean {
  return FINAL.has(status);
}

/** One execution. Unique on (exchange, account, symbol, tradeId). */
export interface Fill {
  tradeId: string;
  /** The venue's order id. */
  orderId: string;
  side: Side;
  price: Amount;
  quantity: Amount;
  fee: Amount;
  /** The asset the fee was taken in: base, quote or a third coin. */
  feeAsset: string;
  /** True where the order rested, false where it took, null where the venue does not say. */
  maker: boolean | null;
  /** Epoch ms on the venue's clock. */
  at: number;
}

/** A bot's own order as its strategy sees it. */
export interface OwnOrder {
  clientOrderId: string;
  /** The strategy's name for the place this order takes (`"main"`, `"level-3"`). One live order a leg. */
  leg: string;
  cycle: number;
  side: Side;
  type: OrderType;
  /** Null for a market order. */
  price: Amount | null;
  quantity: Amount;
  filled: Amount;
  status: OrderStatus;
}

/** A decision to place an order, before precision and an id. */
export interface PlaceIntent {
  kind: 'place';
  leg: string;
  cycle: number;
  side: Side;
  type: OrderType;
  quantity: Amount;
  /** Null for a market order. */
  price: Amount | null;
  /** True where it may only make the position smaller. */
  reduceOnly: boolean;
}

/** A decision to take an order back. */
export interface CancelIntent {
  kind: 'cancel';
  clientOrderId: string;
}

export type Intent = PlaceIntent | CancelIntent;
