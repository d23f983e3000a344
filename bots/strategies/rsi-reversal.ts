import { z } from 'zod';
import { positiveAmount } from '../amount-schema.ts';
import { rsi } from '../indicators/rsi.ts';
import { crossesDown, crossesUp, valueAt, type Series } from '../indicators/series.ts';
import { Decimal, type Amount } from '../money.ts';
import type { OwnOrder, PlaceIntent } from '../orders.ts';
import { closeDust, type Position } from '../position.ts';
import { isTooSmall } from '../precision.ts';
import { closingSide } from '../reducing.ts';
import type { Context, MarketEvent, Reason, Strategy } from '../strategy.ts';
import { keepOrder } from './single-order.ts';

const rsiReversalParameters = z
  .object({
    timeframe: z.enum(['1s', '1m', '5m', '15m', '1h', '4h', '1d']).default('1h').meta({
      title: 'Timeframe',
      description: 'Length of the candles; one decision is made at the close of each.',
    }),
    period: z.int().min(2).max(100).default(14).meta({ title: 'Period', description: 'Candles of the RSI.' }),
    oversold: z.number().gt(0).lt(100).default(30).meta({
      title: 'Oversold',
      description: 'Buys when the RSI rises through this level.',
    }),
    overbought: z.number().gt(0).lt(100).default(70).meta({
      title: 'Overbought',
      description: 'Sells when the RSI falls through this level.',
    }),
    quantity: positiveAmount.optional().meta({
      title: 'Quantity',
      description: 'Base currency to buy. Either this or the quote amount.',
      example: '0.01',
    }),
    quoteAmount: positiveAmount.optional().meta({
      title: 'Quote amount',
      description: 'Quote currency to buy for. Either this or the quantity.',
      example: '250',
    }),
    orderType: z.enum(['MARKET', 'LIMIT']).default('MARKET').meta({
      title: 'Order type',
      description: 'MARKET executes at once; LIMIT rests at the price of the signal.',
    }),
  })
  .refine(({ oversold, overbought }) => oversold < overbought, {
    path: ['overbought'],
    message: 'Must be greater than oversold',
  })
  .refine(({ quantity, quoteAmount }) => (quantity === undefined) !== (quoteAmount === undefined), {
    path: ['quantity'],
    message: 'Give either quantity or quoteAmount',
  })
  .meta({ id: 'RsiReversalParameters', title: 'RSI reversal' });

export type RsiReversalParameters = z.infer<typeof rsiReversalParameters>;

/** Plain JSON. Whether something is held is the position's to know. */
export interface RsiReversalState {
  /** Counts entries begun. */
  cycle: number;
  /** Open time of the last candle decided on; null before the first. */
  candle: number | null;
  /** The purchase that is under way: of how much, how much of it is there, at which limit (null: at market). */
  entry: { quantity: Amount; filled: Amount; price: Amount | null } | null;
  /** The sale of all that is held that is under way. */
  exit: { price: Amount | null } | null;
}

type RsiContext = Context<RsiReversalParameters>;

/** Wilder's smoothing forgets slowly: after ten periods what lies before weighs less than 0.01 %. */
const MEMORY = 10;

/** Buys when an oversold market turns up, sells when an overbought one turns down. Long only. */
export const rsiReversal: Strategy<RsiReversalParameters, RsiReversalState> = {
  name: 'rsi-reversal',
  title: 'RSI reversal',
  description: 'Buys when the RSI rises out of oversold, sells when it falls out of overbought.',
  parameters: rsiReversalParameters,
  candles: ({ timeframe, period }) => ({ timeframe, count: MEMORY * period + 2 }),
  initial: () => ({ cycle: 0, candle: null, entry: null, exit: null }),
  cycle: (state) => state.cycle,

  onFill(state, fill) {
    if (!state.entry || fill.side !== 'BUY' || fill.cycle !== state.cycle) return state;
    const filled = new Decimal(state.entry.filled).add(fill.quantity).toFixed();
    return { ...state, entry: { ...state.entry, filled } };
  },

  decide(state, event, context) {
    const before = settle(state, event, context);
    const read = readCandles(before.state, event, { ...context, position: before.position });
    const next = settle(read, event, { ...context, position: before.position });
    const here = { ...context, position: next.position };
    const isFlat = closingSide(next.position) === null && context.orders.length === 0;
    const done = context.mode === 'FINISHING' && isFlat;
    const order = keepOrder(dueOrder(next.state, here), context, event.at);
    const isQuiet = order.intents.length + order.reasons.length === 0 && !done;
    const reasons = isQuiet ? [whyNoOrder(here, event.at)] : order.reasons;
    return { ...next, intents: order.intents, reasons, done };
  },
};

/** Ends the entry and the exit that have nothing left to do. An entry that may not go on now is not kept for later. */
function settle(
  state: RsiReversalState,
  event: MarketEvent,
  { orders, market, position, mode }: RsiContext,
): { state: RsiReversalState; position: Position } {
  const { exit } = state;
  const entry = mode === 'ACTIVE' ? state.entry : null;
  if (orders.length > 0) return { state: { ...state, entry }, position };
  const rest = exit ? closeDust(position, market, exit.price ?? event.price) : position;
  const isFlat = closingSide(rest) === null;
  const isOver =
    entry !== null &&
    isBegun(entry) &&
    (isFlat || isTooSmall(unbought(entry), market, entry.price ?? event.price));
  return { state: { ...state, entry: isOver ? null : entry, exit: isFlat ? null : exit }, position: rest };
}

/**
 * One decision a candle. Of candles missed, a sign to sell still counts; a sign to buy only on the last, and an entry
 * of which nothing has come lapses with its candle.
 */
function readCandles(state: RsiReversalState, event: MarketEvent, context: RsiContext): RsiReversalState {
  const { candles, parameters, position, orders, mode } = context;
  const last = candles.at(-1);
  if (!last || (state.candle !== null && last.openTime <= state.candle)) return state;
  const seenUntil = state.candle ?? last.openTime - 1;
  const series = rsiOf(context);
  const price = parameters.orderType === 'LIMIT' ? event.price : null;
  const sells = candles.some(
    ({ openTime }, at) => openTime > seenUntil && crossesDown(series, at, parameters.overbought),
  );
  const isIdle = closingSide(position) === null && orders.length === 0;
  if (sells) return { ...state, candle: last.openTime, entry: null, exit: isIdle ? null : { price } };
  const read = { ...state, candle: last.openTime, entry: lapsed(state.entry, orders) ? null : state.entry };
  if (mode !== 'ACTIVE' || !isIdle || !crossesUp(series, candles.length - 1, parameters.oversold))
    return read;
  const entry = { quantity: entryQuantity(parameters, event.price), filled: '0', price };
  return { ...read, cycle: state.cycle + 1, entry, exit: null };
}

function rsiOf({ candles, parameters }: RsiContext): Series {
  return rsi(
    Float64Array.from(candles, ({ close }) => close),
    parameters.period,
  );
}

type Entry = NonNullable<RsiReversalState['entry']>;

function lapsed(entry: Entry | null, orders: readonly OwnOrder[]): boolean {
  return entry !== null && orders.length === 0 && !isBegun(entry);
}

function isBegun({ filled }: Entry): boolean {
  return !new Decimal(filled).isZero();
}

function entryQuantity({ quantity, quoteAmount }: RsiReversalParameters, price: Amount): Amount {
  if (quantity !== undefined) return quantity;
  return new Decimal(quoteAmount ?? 0).div(price).toDecimalPlaces(12, Decimal.ROUND_DOWN).toFixed();
}

function unbought({ quantity, filled }: Entry): Decimal {
  return Decimal.max(new Decimal(quantity).sub(filled), 0);
}

function dueOrder({ cycle, entry, exit }: RsiReversalState, { position }: RsiContext): PlaceIntent | null {
  const place = { kind: 'place', leg: 'main', cycle } as const;
  const type = (price: Amount | null) => (price === null ? 'MARKET' : 'LIMIT');
  if (exit && closingSide(position) === 'SELL') {
    const { price } = exit;
    return {
      ...place,
      side: 'SELL',
      type: type(price),
      quantity: position.quantity,
      price,
      reduceOnly: true,
    };
  }
  if (!entry) return null;
  const { price } = entry;
  const quantity = unbought(entry).toFixed();
  return { ...place, side: 'BUY', type: type(price), quantity, price, reduceOnly: false };
}

function whyNoOrder(context: RsiContext, at: number): Reason {
  const { candles, parameters, position } = context;
  const { period, timeframe, oversold, overbought } = parameters;
  const name = `RSI(${period}) on ${timeframe}`;
  if (candles.length < period + 2) {
    const detail = `${name} needs ${period + 2} closed candles; ${candles.length} are there.`;
    return { code: 'warm_up', detail, at };
  }
  const value = valueAt(rsiOf(context), -1)?.toFixed(1);
  const awaited =
    closingSide(position) === null
      ? `buys on rising through ${oversold}`
      : `sells on falling through ${overbought}`;
  return { code: 'no_signal', detail: `${name} is ${value}: ${awaited}.`, at };
}
