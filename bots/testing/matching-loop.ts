import type { Bot } from '../bot.ts';
import { decide, type BotContext, type Verdict } from '../decide.ts';
import type { Candle, Market } from '../market.ts';
import { Decimal, floorTo, type Amount } from '../money.ts';
import type { Fill, OwnOrder, PlaceIntent } from '../orders.ts';
import { applyOwnFill } from '../own-fill.ts';
import { FLAT, type Position } from '../position.ts';
import { restOf } from '../reducing.ts';
import { startSession, type SessionState } from '../session.ts';
import type { MarketEvent, Mode } from '../strategy.ts';
import { BTC_USDT, fillOf, orderOf } from './facts.ts';

/** One thing that happens in the market, and how much of a touched order it executes. */
export interface Step {
  price: Amount;
  at?: number;
  /** Percent of an order's rest that executes when its price is touched. */
  share?: number;
  mode?: Mode;
  candles?: Candle[];
  /** Set where the watch begins anew: candles missed meanwhile. */
  missed?: Candle[];
}

export interface Decided {
  bot: Bot;
  session: SessionState;
  event: MarketEvent;
  context: BotContext;
  verdict: Verdict;
}

/** A bot on a venue of its own: no I/O, every order accepted at once, matched against each price that comes. */
export interface Run {
  bot: Bot;
  market: Market;
  /** Where the fee of 0.1 % is taken from; null for none. */
  feeAsset: 'BTC' | 'USDT' | 'BNB' | null;
  clock: number;
  session: SessionState;
  position: Position;
  orders: OwnOrder[];
  fills: Fill[];
  /** What every fill realised; null for opening ones. */
  realised: (Amount | null)[];
  decided: Decided[];
  /** Moves the market, executes what the price touches, decides, and does what was decided. */
  step(step: Step): Verdict;
}

export function runOf(bot: Bot, venue: Partial<Pick<Run, 'market' | 'feeAsset'>> = {}): Run {
  return {
    bot,
    market: BTC_USDT,
    feeAsset: null,
    clock: 0,
    session: startSession(bot, null),
    position: FLAT,
    orders: [],
    fills: [],
    realised: [],
    decided: [],
    ...venue,
    step(step) {
      this.clock = step.at ?? this.clock + 1_000;
      match(this, step);
      const verdict = decideNow(this, step);
      for (const intent of verdict.intents) {
        if (intent.kind === 'place') accept(this, intent);
        else this.orders = this.orders.filter((order) => order.clientOrderId !== intent.clientOrderId);
      }
      match(this, step);
      return verdict;
    },
  };
}

function decideNow(run: Run, { price, candles = [], mode = 'ACTIVE', missed }: Step): Verdict {
  const { bot, session, position, orders, market, clock: at } = run;
  const event: MarketEvent = missed
    ? { type: 'begin', at, price, missed }
    : { type: candles.length > 0 ? 'candle' : 'tick', at, price };
  const context = { market, mode, position, orders, candles, free: null };
  const verdict = decide(bot, session, event, context);
  run.decided.push({ bot, session, event, context, verdict });
  run.session = verdict.session;
  run.position = verdict.position;
  return verdict;
}

function accept(run: Run, intent: PlaceIntent): void {
  const clientOrderId = `${run.decided.length}-${run.orders.length}`;
  run.orders = [...run.orders, orderOf(intent, { clientOrderId })];
}

function match(run: Run, { price, share = 100 }: Step): void {
  for (const order of run.orders.filter(({ status }) => status === 'OPEN')) {
    const percent = order.type === 'MARKET' ? 100 : share;
    const part = floorTo(restOf(order).mul(percent).div(100), run.market.stepSize);
    if (isTouched(order, price) && part.gt(0)) execute(run, order, part, price);
  }
}

function isTouched({ side, price }: OwnOrder, last: Amount): boolean {
  if (price === null) return true;
  return side === 'BUY' ? new Decimal(last).lte(price) : new Decimal(last).gte(price);
}

function execute(run: Run, order: OwnOrder, quantity: Decimal, price: Amount): void {
  const { bot, market, feeAsset, clock } = run;
  const filled = quantity.add(order.filled);
  const others = run.orders.filter((other) => other !== order);
  run.orders = filled.eq(order.quantity) ? others : [...others, { ...order, filled: filled.toFixed() }];
  const value = feeAsset === 'BTC' ? quantity : quantity.mul(price);
  const fill = fillOf({
    side: order.side,
    price,
    quantity: quantity.toFixed(),
    fee: feeAsset ? value.mul('0.001').toFixed() : '0',
    feeAsset: feeAsset ?? 'USDT',
    at: clock,
  });
  const own = { ...fill, leg: order.leg, cycle: order.cycle };
  const effect = applyOwnFill(bot.strategy, run.session, run.position, own, { market, orders: run.orders });
  run.session = effect.session;
  run.position = effect.position;
  run.fills.push(fill);
  run.realised.push(effect.realised);
}
