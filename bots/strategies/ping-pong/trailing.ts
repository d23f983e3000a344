import { Decimal, type Amount } from '../../money.ts';
import type { Side } from '../../orders.ts';
import type { MarketEvent } from '../../strategy.ts';

/** How far a price has run past its target. Null extreme: the target has not been touched, nothing is armed. */
export interface Watermark {
  /** Best price since the target was touched: the highest for a sale, the lowest for a purchase. */
  extreme: Amount | null;
  /** True once the price has turned by the trailing percentage; the order then stays wanted until the leg is over. */
  triggered: boolean;
}

export interface TrailingLeg {
  side: Side;
  /** Touching it arms the watermark; no price worse than it is ever taken. */
  target: Amount;
  percent: Amount;
  /** Epoch ms from which prices count; candles that opened before are left out, for they may be older in part. */
  since: number;
}

/**
 * The watermark after what has been missed and the price of now. Missed candles only move the extreme: within one the
 * order of prices is unknown, so only a price seen now can trigger.
 */
export function follow(mark: Watermark | null, leg: TrailingLeg, event: MarketEvent): Watermark {
  const missed = event.type === 'begin' ? event.missed.filter(({ openTime }) => openTime >= leg.since) : [];
  const prices = missed.map(({ high, low }) => (leg.side === 'SELL' ? high : low));
  const candidates = [mark?.extreme ?? null, ...prices, event.price].filter((price) => price !== null);
  const best = leg.side === 'SELL' ? Decimal.max(...candidates) : Decimal.min(...candidates);
  const armed = leg.side === 'SELL' ? best.gte(leg.target) : best.lte(leg.target);
  if (!armed) return { extreme: null, triggered: false };
  const extreme = best.toFixed();
  const turn = turningPrice(leg, extreme);
  const turned = leg.side === 'SELL' ? turn.gte(event.price) : turn.lte(event.price);
  return { extreme, triggered: turned || (mark?.triggered ?? false) };
}

/** The price at which a run to `extreme` counts as over. */
export function turningPrice(
  { side, percent }: Pick<TrailingLeg, 'side' | 'percent'>,
  extreme: Amount,
): Decimal {
  const factor = new Decimal(side === 'SELL' ? -1 : 1).mul(percent).div(100).add(1);
  return factor.mul(extreme);
}
