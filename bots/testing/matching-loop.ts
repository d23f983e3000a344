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
import { BTC_USDT } from './facts.ts';

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
  session: SessionState;
  position: Position;
  orders: OwnOrder[];
  fills: Fill[];
  /** What every fill realised; null for opening ones. */
  realised: (Amount | null)[];
  decided: Decided[];
  step(step: Step): Verdict;
}

/** `feeAsset`: where the fee of 0.1 % is taken from; null for none. */
export function runOf(
  bot: Bot,
  { market = BTC_USDT, feeAsset = null }: { market?: Market; feeAsset?: 'BTC' | 'USDT' | 'BNB' | null } = {},
): Run {
  let clock = 0;
  const run: Run = {
    bot,
    session: startSession(bot, null),
    position: FLAT,
    orders: [],
    fills: [],
    realised: [],
    decided: [],
    step(step) {
      clock = step.at ?? clock + 1_000;
      const { price, candles = [], mode = 'ACTIVE', missed } = step;
      match(step);
      const event: MarketEvent = missed
        ? { type: 'begin', at: clock, price, missed }
        : { type: candles.length > 0 ? 'candle' : 'tick', at: clock, price };
      const { session, position, orders } = run;
      const context = { market, mode, position, orders, candles, free: null };
      const verdict = decide(run.bot, session, event, context);
      run.decided.push({ bot: run.bot, session, event, context, verdict });
      run.session = verdict.session;
      run.position = verdict.position;
      for (const intent of verdict.intents) {
        if (intent.kind === 'place') accept(intent);
        else run.orders = run.orders.filter((order) => order.clientOrderId !== intent.clientOrderId);
      }
      match(step);
      return verdict;
    },
  };

  function accept({ leg, cycle, side, type, price, quantity }: PlaceIntent): void {
    const clientOrderId = `${run.decided.length}-${run.orders.length}`;
    run.orders = [
      ...run.orders,
      { clientOrderId, leg, cycle, side, type, price, quantity, filled: '0', status: 'OPEN' },
    ];
  }

  function match({ price, share = 100 }: Step): void {
    for (const order of run.orders.filter(({ status }) => status === 'OPEN')) {
      const isTouched =
        order.price === null ||
        (order.side === 'BUY' ? new Decimal(price).lte(order.price) : new Decimal(price).gte(order.price));
      const rest = restOf(order);
      const part = floorTo(rest.mul(order.type === 'MARKET' ? 100 : share).div(100), market.stepSize);
      if (isTouched && part.gt(0)) execute(order, part, price);
    }
  }

  function execute(order: OwnOrder, quantity: Decimal, price: Amount): void {
    const filled = quantity.add(order.filled);
    const others = run.orders.filter((other) => other !== order);
    run.orders = filled.eq(order.quantity) ? others : [...others, { ...order, filled: filled.toFixed() }];
    const value = feeAsset === 'BTC' ? quantity : quantity.mul(price);
    const fill: Fill = {
      tradeId: `${run.fills.length}`,
      orderId: order.clientOrderId,
      side: order.side,
      price,
      quantity: quantity.toFixed(),
      fee: feeAsset ? value.mul('0.001').toFixed() : '0',
      feeAsset: feeAsset ?? 'USDT',
      maker: null,
      at: clock,
    };
    const own = { ...fill, leg: order.leg, cycle: order.cycle };
    const effect = applyOwnFill(run.bot, run.session, run.position, own, { market, orders: run.orders });
    run.session = effect.session;
    run.position = effect.position;
    run.fills.push(fill);
    run.realised.push(effect.realised);
  }

  return run;
}
