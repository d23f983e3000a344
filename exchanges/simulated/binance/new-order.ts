import { randomBytes } from 'node:crypto';
import type { EngineOrderType, NewOrder, TimeInForce } from '../engine/types.ts';
import { BinanceError, missing, notRequired, notValid } from './errors.ts';
import type { Parameters } from './parameters.ts';
import { SELF_TRADE_PREVENTION } from './present-order.ts';

const SIDES = ['BUY', 'SELL'] as const;
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
const ANSWERS = ['ACK', 'RESULT', 'FULL'] as const;
/** Modes that Binance knows and no symbol here allows (Spot API docs, "Self Trade Prevention FAQ"). */
const OTHER_PREVENTIONS: readonly string[] = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_BOTH', 'DECREMENT', 'TRANSFER'];
const TYPES: readonly EngineOrderType[] = [
  'LIMIT',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
  'LIMIT_MAKER',
];

export type AnswerType = (typeof ANSWERS)[number];
type Needed = 'timeInForce' | 'price' | 'stopPrice';

/** What each type must send; what it must not is the rest (Spot API docs, "New order", "Additional mandatory parameters"). */
const NEEDED: Record<EngineOrderType, readonly Needed[]> = {
  LIMIT: ['timeInForce', 'price'],
  LIMIT_MAKER: ['price'],
  MARKET: [],
  STOP_LOSS: ['stopPrice'],
  STOP_LOSS_LIMIT: ['timeInForce', 'price', 'stopPrice'],
  TAKE_PROFIT: ['stopPrice'],
  TAKE_PROFIT_LIMIT: ['timeInForce', 'price', 'stopPrice'],
};
const ALL_NEEDED: readonly Needed[] = ['timeInForce', 'price', 'stopPrice'];

/** Reads a new order and the kind of answer it wants. Throws as Binance does for what is missing, illegal or too much. */
export function readNewOrder(parameters: Parameters): { order: NewOrder; answer: AnswerType } {
  const symbol = parameters.symbol();
  const side = parameters.choice('side', SIDES, [-1117, 'Invalid side.']);
  if (side === null) throw missing('side');
  const type = parameters.choice('type', TYPES, [-1116, 'Invalid orderType.']);
  if (type === null) throw missing('type');
  const timeInForce = parameters.choice('timeInForce', TIMES_IN_FORCE, [-1115, 'Invalid timeInForce.']);
  const price = parameters.amount('price');
  const stopPrice = parameters.amount('stopPrice');
  checkNeeded(type, { timeInForce, price, stopPrice });
  const { quantity, quoteQuantity } = readQuantity(parameters, type);
  const answer = readAnswer(parameters, type);
  checkSelfTradePrevention(parameters);
  const clientOrderId = parameters.clientOrderId('newClientOrderId') ?? generatedOrderId();
  parameters.ignore('strategyId', 'strategyType', 'computeCommissionRates');
  return {
    order: {
      symbol,
      side,
      type,
      timeInForce: timeInForce ?? 'GTC',
      clientOrderId,
      quantity,
      quoteQuantity,
      price,
      stopPrice,
    },
    answer,
  };
}

/** A client id as Binance makes one up: 22 letters and digits. */
export function generatedOrderId(): string {
  return randomBytes(24).toString('base64').replace(/[+/=]/g, '').slice(0, 22).padEnd(22, '0');
}

/** What a request calls an order: where it sends both ids, both must be the order's. */
export type OrderName =
  { orderId: number; clientOrderId: string | null } | { orderId: null; clientOrderId: string };

/** Reads the id or the client id of an order, or both. Throws -1102 where neither was sent. */
export function readOrderId(
  parameters: Parameters,
  names: { id: string; clientId: string } = { id: 'orderId', clientId: 'origClientOrderId' },
): OrderName {
  const orderId = parameters.integer(names.id);
  const clientOrderId = parameters.clientOrderId(names.clientId);
  if (orderId !== null) return { orderId, clientOrderId };
  if (clientOrderId !== null) return { orderId, clientOrderId };
  throw new BinanceError(
    -1102,
    `Param '${names.clientId}' or '${names.id}' must be sent, but both were empty/null!`,
  );
}

function checkSelfTradePrevention(parameters: Parameters): void {
  const mode = parameters.text('selfTradePreventionMode');
  if (mode === null || mode === SELF_TRADE_PREVENTION) return;
  if (!OTHER_PREVENTIONS.includes(mode)) throw notValid('selfTradePreventionMode');
  throw new BinanceError(-1013, 'This symbol does not allow the specified self-trade prevention mode.');
}

function checkNeeded(type: EngineOrderType, sent: Record<Needed, string | TimeInForce | null>): void {
  const needed = NEEDED[type];
  for (const name of ALL_NEEDED) {
    if (needed.includes(name)) {
      if (sent[name] === null) throw missing(name);
    } else if (sent[name] !== null && !(name === 'timeInForce' && isStopMarket(type))) {
      throw notRequired(name);
    }
  }
}

function isStopMarket(type: EngineOrderType): boolean {
  return type === 'STOP_LOSS' || type === 'TAKE_PROFIT';
}

function readQuantity(
  parameters: Parameters,
  type: EngineOrderType,
): { quantity: string | null; quoteQuantity: string | null } {
  const quantity = parameters.amount('quantity');
  const quoteQuantity = parameters.amount('quoteOrderQty');
  if (type !== 'MARKET' && quoteQuantity !== null) throw notRequired('quoteOrderQty');
  if (quantity !== null && quoteQuantity !== null) throw notRequired('quoteOrderQty');
  if (quantity === null && type !== 'MARKET') throw missing('quantity');
  if (quantity === null && quoteQuantity === null) {
    throw new BinanceError(
      -1102,
      "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
    );
  }
  return { quantity, quoteQuantity };
}

function readAnswer(parameters: Parameters, type: EngineOrderType): AnswerType {
  const standard = type === 'MARKET' || type === 'LIMIT' ? 'FULL' : 'ACK';
  return parameters.choice('newOrderRespType', ANSWERS, [-1136, 'Invalid newOrderRespType.']) ?? standard;
}
