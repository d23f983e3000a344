import { decide, type Verdict } from '../../bots/decide.ts';
import type { Candle, Market } from '../../bots/market.ts';
import type { Amount } from '../../bots/money.ts';
import type { Position } from '../../bots/position.ts';
import { mergeReasons } from '../../bots/reasons.ts';
import type { SessionState } from '../../bots/session.ts';
import type { Context, MarketEvent, Mode, Reason } from '../../bots/strategy.ts';
import type { BotView } from '../bot-view.ts';

/** How many reasons are kept for whoever asks why the bot does not trade. */
const REASONS = 10;

/** What a watching bot has in its head: its last decision and all that the next one is made from. */
export interface Mind {
  readonly session: SessionState;
  readonly position: Position;
  /** Newest first. */
  readonly reasons: Reason[];
  readonly price: Amount | null;
  /** Closed, oldest first, as many as the strategy asked for. */
  candles: Candle[];
  free: Context<unknown>['free'];
  consider(event: MarketEvent): Verdict;
  /** Takes a candle that has closed; false where it is known already. */
  append(candle: Candle): boolean;
  /** A reason that lies outside the strategy: stale data, the kill switch. */
  note(reason: Reason): void;
}

export function createMind(view: BotView, market: Market, mode: Mode): Mind {
  let { session, position } = view;
  let reasons: Reason[] = [];
  let price: Amount | null = null;
  return {
    candles: [],
    free: null,
    get session() {
      return session;
    },
    get position() {
      return position;
    },
    get reasons() {
      return reasons;
    },
    get price() {
      return price;
    },
    consider(event) {
      price = event.price;
      const { candles, free } = this;
      const verdict = decide(view.settings, session, event, {
        market,
        mode,
        position,
        orders: view.orders,
        candles,
        free,
      });
      ({ session, position } = verdict);
      reasons = mergeReasons(reasons, verdict.reasons, REASONS);
      return verdict;
    },
    append(candle) {
      const last = this.candles.at(-1);
      if (last && last.openTime >= candle.openTime) return false;
      this.candles = [...this.candles.slice(1), candle];
      return true;
    },
    note(reason) {
      reasons = mergeReasons(reasons, [reason], REASONS);
    },
  };
}
