import type { Bot } from './bot.ts';
import { initialProtections, type ProtectionState } from './protections/state.ts';

/** All that a bot remembers between two decisions besides its position and orders. One plain JSON object. */
export interface SessionState {
  version: 1;
  /** The strategy's own state; only its strategy reads it. */
  strategy: unknown;
  protections: ProtectionState;
  /** True once the bot has done what it was made for; only `startSession` takes it back. */
  done: boolean;
}

/**
 * The session a `start` command begins with: a fresh one where there is no last, else the last with its strategy's
 * state kept and what ended it (done, a tripped drawdown) cleared. Not for restarts of a process: those go on with
 * the stored session unchanged.
 */
export function startSession(bot: Bot, last: SessionState | null): SessionState {
  return {
    version: 1,
    strategy: last?.strategy ?? bot.strategy.initial(bot.parameters),
    protections: initialProtections(last?.protections),
    done: false,
  };
}
