import type { Side } from '../../../bots/orders.ts';
import { written } from './amounts.ts';
import type { Book } from './book.ts';
import type { Candles } from './candles.ts';
import type { Limits } from './filters.ts';
import type { OrderHistory } from './order-history.ts';
import type { Stops } from './stops.ts';
import type {
  EngineFill,
  EngineOrder,
  EngineOrderStatus,
  EngineOrderType,
  NewAccount,
  Prevention,
  PublicTrade,
  SymbolRules,
  TimeInForce,
} from './types.ts';

/** What the engine works on: amounts are integers of 1e-8. */
export interface Order {
  id: number;
  account: Account;
  market: Market;
  side: Side;
  type: EngineOrderType;
  timeInForce: TimeInForce;
  clientOrderId: string;
  quantity: bigint;
  quoteQuantity: bigint | null;
  price: bigint | null;
  stopPrice: bigint | null;
  executed: bigint;
  cumulative: bigint;
  status: EngineOrderStatus;
  working: boolean;
  workingSince: number | null;
  prevention: Prevention | null;
  /** Place in time priority: set when the order comes to rest. */
  rank: number;
  /** What it holds locked of the asset it pays with. */
  lock: bigint;
  createdAt: number;
  updatedAt: number;
  fills: EngineFill[];
}

export interface Balance {
  free: bigint;
  locked: bigint;
}

export interface Account {
  id: string;
  facts: NewAccount;
  house: boolean;
  makerFee: bigint;
  takerFee: bigint;
  wallet: Map<string, Balance>;
  /** By symbol. */
  orders: Map<string, OrderHistory>;
  /** Those of them that are over and still kept, in the order they finished. */
  finished: Set<Order>;
}

export interface Market {
  symbol: string;
  rules: SymbolRules;
  limits: Limits;
  startPrice: bigint;
  lastPrice: bigint;
  lastTradeId: number;
  book: Book;
  stops: Stops;
  candles: Candles;
  /** The newest public trades, oldest first. */
  tape: PublicTrade[];
}

export function isOpen(order: Order): boolean {
  return order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';
}

export function remaining(order: Order): bigint {
  return order.quantity - order.executed;
}

/** The asset that the order pays with. */
export function paysWith(order: Order): string {
  return order.side === 'BUY' ? order.market.rules.quote : order.market.rules.base;
}

/** Without a price limit, once working. */
export function isMarket(order: { type: EngineOrderType }): boolean {
  return order.type === 'MARKET' || order.type === 'STOP_LOSS' || order.type === 'TAKE_PROFIT';
}

export function isStop(order: { type: EngineOrderType }): boolean {
  return order.type.startsWith('STOP_LOSS') || order.type.startsWith('TAKE_PROFIT');
}

/** The order as the outside sees it: a copy. */
export function orderView(order: Order): EngineOrder {
  return {
    orderId: order.id,
    accountId: order.account.id,
    symbol: order.market.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    clientOrderId: order.clientOrderId,
    quantity: written(order.quantity),
    quoteQuantity: order.quoteQuantity === null ? null : written(order.quoteQuantity),
    price: order.price === null ? null : written(order.price),
    stopPrice: order.stopPrice === null ? null : written(order.stopPrice),
    executedQuantity: written(order.executed),
    cumulativeQuote: written(order.cumulative),
    status: order.status,
    working: order.working,
    workingSince: order.workingSince,
    prevention: order.prevention,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}
