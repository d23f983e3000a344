import { type Amount, Decimal } from '../../../bots/money.ts';
import type { EngineFill, EngineOrder, ExecutionCause, Prevention } from '../engine/types.ts';

const DECIMALS = 8;
const ZERO = '0.00000000';
/** Order lists are not traded here. */
const NO_LIST = -1;
/** The one mode there is. */
export const SELF_TRADE_PREVENTION = 'EXPIRE_MAKER';

/** An amount as Binance writes it: always eight decimals. `null` is zero. */
export function eightDecimals(amount: Amount | null): string {
  if (amount === null) return ZERO;
  const point = amount.indexOf('.');
  if (point === -1) return `${amount}.00000000`;
  if (amount.length - point - 1 === DECIMALS) return amount;
  return amount.slice(0, point + 1 + DECIMALS).padEnd(point + 1 + DECIMALS, '0');
}

/** `GET /api/v3/order`. */
export function queriedOrder(order: EngineOrder): object {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: NO_LIST,
    clientOrderId: order.clientOrderId,
    price: eightDecimals(order.price),
    origQty: eightDecimals(order.quantity),
    executedQty: eightDecimals(order.executedQuantity),
    cummulativeQuoteQty: eightDecimals(order.cumulativeQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    stopPrice: eightDecimals(order.stopPrice),
    icebergQty: ZERO,
    time: order.createdAt,
    updateTime: order.updatedAt,
    isWorking: order.working,
    workingTime: order.workingSince ?? -1,
    origQuoteOrderQty: eightDecimals(order.quoteQuantity),
    selfTradePreventionMode: SELF_TRADE_PREVENTION,
    ...(order.prevention === null
      ? null
      : {
          preventedMatchId: order.prevention.matchId,
          preventedQuantity: eightDecimals(order.prevention.quantity),
        }),
  };
}

/** `newOrderRespType=ACK`. */
export function acknowledgedOrder(order: EngineOrder): object {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: NO_LIST,
    clientOrderId: order.clientOrderId,
    transactTime: order.createdAt,
  };
}

/** `newOrderRespType=RESULT`, or `FULL` where `fills` are given. */
export function placedOrder(order: EngineOrder, fills: EngineFill[] | null): object {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: NO_LIST,
    clientOrderId: order.clientOrderId,
    transactTime: order.updatedAt,
    price: eightDecimals(order.price),
    origQty: eightDecimals(order.quantity),
    executedQty: eightDecimals(order.executedQuantity),
    origQuoteOrderQty: eightDecimals(order.quoteQuantity),
    cummulativeQuoteQty: eightDecimals(order.cumulativeQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    ...(order.stopPrice === null ? null : { stopPrice: eightDecimals(order.stopPrice) }),
    workingTime: order.workingSince ?? -1,
    ...(fills === null ? null : { fills: fills.map(fillOfAnswer) }),
    selfTradePreventionMode: SELF_TRADE_PREVENTION,
  };
}

/** `DELETE /api/v3/order`. `cancelId` is the client id of the cancel itself. */
export function canceledOrder(order: EngineOrder, cancelId: string): object {
  return {
    symbol: order.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.orderId,
    orderListId: NO_LIST,
    clientOrderId: cancelId,
    transactTime: order.updatedAt,
    price: eightDecimals(order.price),
    origQty: eightDecimals(order.quantity),
    executedQty: eightDecimals(order.executedQuantity),
    origQuoteOrderQty: eightDecimals(order.quoteQuantity),
    cummulativeQuoteQty: eightDecimals(order.cumulativeQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    ...(order.stopPrice === null ? null : { stopPrice: eightDecimals(order.stopPrice) }),
    selfTradePreventionMode: SELF_TRADE_PREVENTION,
  };
}

/** `GET /api/v3/myTrades`. */
export function ownTrade(fill: EngineFill): object {
  return {
    symbol: fill.symbol,
    id: fill.tradeId,
    orderId: fill.orderId,
    orderListId: NO_LIST,
    price: eightDecimals(fill.price),
    qty: eightDecimals(fill.quantity),
    quoteQty: eightDecimals(fill.quoteQuantity),
    commission: eightDecimals(fill.fee),
    commissionAsset: fill.feeAsset,
    time: fill.at,
    isBuyer: fill.side === 'BUY',
    isMaker: fill.maker,
    isBestMatch: true,
  };
}

/**
 * The user stream's `executionReport`. `cancelId` is the client id of the cancel that caused it; then `C` holds the
 * order's own id and `c` the cancel's, as on Binance.
 */
export function executionReport(
  order: EngineOrder,
  cause: ExecutionCause,
  fill: EngineFill | null,
  cancelId: string | null,
): object {
  return {
    e: 'executionReport',
    E: order.updatedAt,
    s: order.symbol,
    c: cancelId ?? order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: eightDecimals(order.quantity),
    p: eightDecimals(order.price),
    P: eightDecimals(order.stopPrice),
    F: ZERO,
    g: NO_LIST,
    C: cancelId === null ? '' : order.clientOrderId,
    x: cause,
    X: order.status,
    r: 'NONE',
    i: order.orderId,
    l: eightDecimals(fill?.quantity ?? null),
    z: eightDecimals(order.executedQuantity),
    L: eightDecimals(fill?.price ?? null),
    n: fill === null ? '0' : eightDecimals(fill.fee),
    N: fill?.feeAsset ?? null,
    T: fill?.at ?? order.updatedAt,
    t: fill?.tradeId ?? -1,
    I: order.orderId,
    w: order.working && (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'),
    m: fill?.maker ?? false,
    M: false,
    O: order.createdAt,
    Z: eightDecimals(order.cumulativeQuote),
    Y: eightDecimals(fill?.quoteQuantity ?? null),
    Q: eightDecimals(order.quoteQuantity),
    ...(order.workingSince === null ? null : { W: order.workingSince }),
    V: SELF_TRADE_PREVENTION,
    ...(cause === 'TRADE_PREVENTION' && order.prevention !== null
      ? preventionOf(order, order.prevention)
      : null),
  };
}

/** What a report says of a match that was not made (Spot API docs, "Conditional Fields in Execution Report"). */
function preventionOf(order: EngineOrder, { matchId, quantity, takerOrderId }: Prevention): object {
  const prevented = eightDecimals(quantity);
  return {
    v: matchId,
    A: prevented,
    B: prevented,
    U: takerOrderId,
    Cs: order.symbol,
    pl: prevented,
    pL: eightDecimals(order.price),
    pY: new Decimal(order.price ?? 0).mul(quantity).toFixed(8),
  };
}

function fillOfAnswer(fill: EngineFill): object {
  return {
    price: eightDecimals(fill.price),
    qty: eightDecimals(fill.quantity),
    commission: eightDecimals(fill.fee),
    commissionAsset: fill.feeAsset,
    tradeId: fill.tradeId,
  };
}
