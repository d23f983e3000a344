import { Decimal, type Amount } from '../money.ts';
import type { Position } from '../position.ts';
import type { Protections } from './schema.ts';

/** What the protections of one bot remember. Plain JSON. */
export interface ProtectionState {
  /** The rule that is closing the position; set until the bot is flat (`max_drawdown`: until it is started again). */
  closing: { rule: string; detail: string; at: number } | null;
  /** The best profit (realised and floating, quote) and the most money ever at work, for the drawdown. */
  peak: { profit: Amount; capital: Amount } | null;
  /** The realised result at the start of the UTC day, for the daily loss. */
  day: { number: number; realised: Amount } | null;
  /** Epoch ms of the last fill that closed at a loss. */
  lastLossAt: number | null;
}

/** The state a start begins with: the loss of the day and the cooldown outlive a restart, a drawdown is measured anew. */
export function initialProtections(last?: ProtectionState): ProtectionState {
  return { closing: null, peak: null, day: last?.day ?? null, lastLossAt: last?.lastLossAt ?? null };
}

/** Realised and floating result in quote, with what is held valued at `price`. */
export function profit(position: Position, price: Amount): Decimal {
  const quantity = new Decimal(position.quantity);
  const cost = quantity.isNegative() ? new Decimal(position.cost).neg() : position.cost;
  return quantity.mul(price).sub(cost).add(position.realised);
}

const DAY_MS = 86_400_000;

/** Follows peak and day. Only what a rule in use needs is kept, so that an idle bot's state stays the same. */
export function follow(
  state: ProtectionState,
  settings: Protections,
  facts: { position: Position; price: Amount; at: number },
): ProtectionState {
  return {
    ...state,
    peak: settings.maxDrawdown === undefined ? null : followPeak(state.peak, facts),
    day: settings.dailyLoss === undefined ? null : followDay(state.day, facts),
  };
}

function followPeak(
  peak: ProtectionState['peak'],
  { position, price }: { position: Position; price: Amount },
): ProtectionState['peak'] {
  const now = profit(position, price);
  return {
    profit: Decimal.max(peak?.profit ?? now, now).toFixed(),
    capital: Decimal.max(peak?.capital ?? 0, position.cost).toFixed(),
  };
}

function followDay(
  day: ProtectionState['day'],
  { position, at }: { position: Position; at: number },
): ProtectionState['day'] {
  const number = Math.floor(at / DAY_MS);
  return day?.number === number ? day : { number, realised: position.realised };
}
