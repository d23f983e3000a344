import { CancellationScope, condition, setCurrentDetails } from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isOver } from '../../bots/fund/withdrawal-status.ts';
import type { WithdrawalStanding, WithdrawalState, WithdrawalTerms } from '../messages.ts';

/** One withdrawal at work: what its handlers, its command loop and its course share. */
export interface Actor {
  withdrawalId: string;
  state: WithdrawalState;
  /** Outcomes of commands that an update handler still waits for. */
  answers: Map<string, WithdrawalStanding | ApplicationFailure>;
  /** Nothing more will happen to it. */
  over: boolean;
}

export function freshState(): WithdrawalState {
  return {
    ...{ version: 1, terms: null, status: 'pending_approval', step: null, approvedBy: [], attempt: 0 },
    ...{ error: null, seen: [], queue: [], resolution: null, attention: null },
  };
}

export function hasEnded({ state }: Actor): boolean {
  return isOver(state.status);
}

/** Makes what an activity has written the workflow's own. */
export function adopt(actor: Actor, standing: WithdrawalStanding): void {
  const { status, step, approvedBy, attempt, error } = standing;
  Object.assign(actor.state, { status, step, approvedBy, attempt, error });
  tell(actor);
}

/** Of a request that has been read. */
export function termsOf({ state }: Actor): WithdrawalTerms {
  if (!state.terms) throw ApplicationFailure.nonRetryable('The withdrawal has not been read yet');
  return state.terms;
}

/** The withdrawal's story in the Temporal UI, for somebody from ops. No address stands in it. */
export function tell({ state }: Actor): void {
  const { status, step, terms, approvedBy, attempt, error, attention } = state;
  const lines = [
    `**${status}**${step ? ` (${step})` : ''} · ${terms?.summary ?? 'not read yet'}`,
    `Approved by ${approvedBy.length} of ${terms?.quorum ?? '?'}, sent ${attempt} times`,
  ];
  if (error) lines.push(error);
  if (attention) lines.push(`**Needs attention**: ${attention}`);
  setCurrentDetails(lines.join('\n\n'));
}

const FIRST_WAIT_MS = 60_000;
/** So that a month of it does not fill a history. */
const LONGEST_WAIT_MS = 900_000;

/** Does what has to be done, however long that takes: a failure that a person has to mend is shown, and it is tried again. */
export async function persist<T>(actor: Actor, act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      const done = await act();
      actor.state.attention = null;
      return done;
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      actor.state.attention = messageOf(error);
      tell(actor);
      await condition(() => false, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 4)));
    }
  }
}

/** What went wrong in an activity, in its own words. */
function messageOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : 'an activity failed; see the workflow history';
}

/** The failure of this type that an activity ended with, if it did. */
export function failureOf(error: unknown, type: string): ApplicationFailure | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === type ? cause : null;
}
