import type { BotStatus } from '../../bots/lifecycle.ts';
import type { BotState, Command } from '../messages.ts';

/** How many command ids are remembered: a repeat of any of them has no effect. */
const REMEMBERED = 500;

export function freshState(): BotState {
  return {
    version: 1,
    status: 'STOPPED',
    ending: null,
    sequence: 0,
    turn: 0,
    statusVersion: 0,
    compare: false,
    seen: [],
    queue: [],
    unresolved: [],
    failures: 0,
    reasons: [],
    reasonsAt: 0,
    position: { quantity: '0', cost: '0', realised: '0', otherFees: {}, dust: '0' },
    lastPrice: null,
    error: null,
  };
}

/** Takes a command once. */
export function take(state: BotState, command: Command): void {
  if (state.seen.includes(command.commandId)) return;
  state.seen = [...state.seen, command.commandId].slice(-REMEMBERED);
  state.queue.push(command);
}

/** A command that was refused has done nothing: sent again, it is judged anew. */
export function forget(state: BotState, commandId: string): void {
  state.seen = state.seen.filter((seen) => seen !== commandId);
}

/** True where the bot watches its market. */
export function watches(status: BotStatus): boolean {
  return status === 'ACTIVE' || status === 'PAUSED';
}
