import { Decimal } from '../../money.ts';
import type { PlaceIntent, Side } from '../../orders.ts';
import type { Position } from '../../position.ts';
import type { Decision, MarketEvent, Reason, Strategy } from '../../strategy.ts';
import { keepOrder } from '../single-order.ts';
import {
  dueSide,
  firstLeg,
  settle,
  targetPrice,
  unopened,
  type PingPongContext,
  type PingPongState,
} from './legs.ts';
import { pingPongParameters, type PingPongParameters } from './parameters.ts';
import { follow, turningPrice, type Watermark } from './trailing.ts';

const LEG = 'main';

/**
 * Buys at one price and sells at a higher one, round after round (scalper contract, Q7 to Q9). At most one order is out
 * at any time. With trailing, the order goes out when the price has turned: a limit at the target price, which executes
 * at once at the better prices beyond it and rests at the target where the price has fallen through it.
 */
export const pingPong: Strategy<PingPongParameters, PingPongState> = {
  name: 'ping-pong',
  title: 'Ping-pong',
  description: 'Buys at one price and sells at a higher one, or the other way round.',
  parameters: pingPongParameters,
  candles: () => null,
  initial: () => firstLeg(1, null),
  cycle: (state) => state.cycle,

  onFill(state, fill) {
    const opens = state.leg === 'opening' && fill.leg === LEG && fill.cycle === state.cycle;
    const filled = opens ? new Decimal(state.filled).add(fill.quantity).toFixed() : state.filled;
    return { ...state, filled, since: fill.at };
  },

  decide(state, event, context) {
    const settled = settle(state, context);
    const { position } = settled;
    if (settled.roundOver && !context.parameters.infiniteLoop) return ended(settled.state, position);
    const here = { ...context, position };
    const next = trail(settled.state, event, here);
    const idle = whyNoOrder(next, here);
    if (idle?.code === 'finishing' && context.orders.length === 0) return ended(next, position);
    const order = keepOrder(idle ? null : dueOrder(next, here), context, event.at);
    const nothingElse = order.intents.length + order.reasons.length === 0;
    const reasons = idle && nothingElse ? [{ ...idle, at: event.at }] : order.reasons;
    return { state: next, position, intents: order.intents, reasons, done: false };
  },
};

function ended(state: PingPongState, position: Position): Decision<PingPongState> {
  return { state, position, intents: [], reasons: [], done: true };
}

/** The state with its watermark moved to this price; without one where nothing trails. */
function trail(state: PingPongState, event: MarketEvent, context: PingPongContext): PingPongState {
  const since = state.since ?? event.at;
  const percent = context.parameters.trailingPercent;
  if (percent === null || new Decimal(percent).isZero()) return { ...state, since, watermark: null };
  const side = dueSide(state, context);
  const leg = { side, target: targetPrice(side, context.parameters), percent, since };
  return { ...state, since, watermark: follow(state.watermark, leg, event) };
}

/** Why nothing should be on the venue now; null where the due order should. */
function whyNoOrder(state: PingPongState, context: PingPongContext): Pick<Reason, 'code' | 'detail'> | null {
  const { mode, parameters } = context;
  const { leg, filled, watermark } = state;
  if (mode === 'FINISHING' && leg === 'opening' && new Decimal(filled).isZero()) {
    return { code: 'finishing', detail: 'Finishing: no new round is begun.' };
  }
  if (!watermark || watermark.triggered) return null;
  return { code: 'no_signal', detail: awaited(dueSide(state, context), watermark, parameters) };
}

function awaited(side: Side, { extreme }: Watermark, parameters: PingPongParameters): string {
  if (extreme === null)
    return `Waiting for ${targetPrice(side, parameters)} to be touched before the ${side}.`;
  const turn = turningPrice({ side, percent: parameters.trailingPercent ?? '0' }, extreme).toFixed();
  return side === 'SELL'
    ? `Following the highest, ${extreme}: sells at ${turn}.`
    : `Following the lowest, ${extreme}: buys at ${turn}.`;
}

function dueOrder(state: PingPongState, context: PingPongContext): PlaceIntent {
  const { parameters, position } = context;
  const side = dueSide(state, context);
  const isOpening = state.leg === 'opening';
  const quantity = isOpening
    ? unopened(state.filled, parameters.quantity)
    : new Decimal(position.quantity).abs();
  return {
    kind: 'place',
    leg: LEG,
    cycle: state.cycle,
    side,
    type: 'LIMIT',
    quantity: quantity.toFixed(),
    price: targetPrice(side, parameters),
    reduceOnly: !isOpening,
  };
}
