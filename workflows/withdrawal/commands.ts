import { condition } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import {
  FAILURES,
  type WithdrawalCommand,
  type WithdrawalStanding,
  type WithdrawalState,
} from '../messages.ts';
import { adopt, failureOf, hasEnded, termsOf, type Actor } from './actor.ts';
import { decisions } from './effects.ts';

type Queued = WithdrawalState['queue'][number];

/** How many command ids are remembered: a repeat of any of them has no effect. */
const REMEMBERED = 500;

/** Takes a command once. */
export function take({ state, answers }: Actor, command: Queued): void {
  if (state.seen.includes(command.commandId)) return;
  answers.delete(command.commandId);
  state.seen = [...state.seen, command.commandId].slice(-REMEMBERED);
  state.queue.push(command);
}

/** Carries commands out one at a time, beside the course: the database decides which of two was first. */
export async function commandLoop(actor: Actor): Promise<void> {
  const { state } = actor;
  for (;;) {
    await condition(() => state.queue.length > 0 || actor.over);
    const command = state.queue[0];
    if (!command) return;
    const answer = await carryOut(actor, command).catch((error: unknown) => refusal(actor, command, error));
    if (!(answer instanceof ApplicationFailure)) adopt(actor, answer);
    actor.answers.set(command.commandId, answer);
    state.queue.shift();
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether it can be carried out at all: signals may be sent by anybody who operates Temporal. */
export function isReadable(command: WithdrawalCommand): boolean {
  const { name, commandId, by } = command;
  if (!UUID.test(commandId) || !UUID.test(by)) return false;
  if (name === 'approve') return /^[0-9a-f]{64}$/.test(command.digest);
  if (name === 'reject') return typeof command.reason === 'string' && command.reason.length <= 500;
  return name === 'cancel' || command.outcome === 'retry' || command.outcome === 'refund';
}

/** Throws the designed refusal where things as they stand do not allow the command. */
export function refuseIllegal(actor: Actor, command: WithdrawalCommand): void {
  const illegal = isReadable(command) ? whyIllegal(actor, command) : 'The command cannot be read';
  if (illegal) throw ApplicationFailure.nonRetryable(illegal, FAILURES.refused);
}

function whyIllegal(actor: Actor, command: WithdrawalCommand): string | null {
  const { status, step, approvedBy } = actor.state;
  const { digest, holderId } = termsOf(actor);
  const cools = status === 'approved' && step === 'cooling';
  switch (command.name) {
    case 'approve':
      if (status !== 'pending_approval')
        return `The withdrawal is ${status}: only one that waits for approval can be approved.`;
      if (command.by === holderId) return 'Nobody approves their own withdrawal. Another administrator must.';
      if (command.digest !== digest)
        return 'What was approved is not what is asked for now. Look at the request again.';
      return approvedBy.includes(command.by)
        ? 'You have approved this withdrawal already. Another administrator must, too.'
        : null;
    case 'reject':
      if (step === 'rejecting') return 'The withdrawal is being rejected already.';
      return status === 'pending_approval' || status === 'approved'
        ? null
        : `The withdrawal is ${status}: only one of which nothing has been sent can be rejected.`;
    case 'cancel':
      return status === 'pending_approval' || cools
        ? null
        : `The withdrawal is ${status}: only one that waits for approval or cools can be taken back.`;
    case 'resolve':
      // The row is shown to people before this workflow has heard of it: where one may be in doubt, the row is asked.
      return status === 'manual_review' || status === 'processing'
        ? null
        : `The withdrawal is ${status}: there is nothing to decide about its sending.`;
  }
}

async function carryOut(actor: Actor, command: Queued): Promise<WithdrawalStanding> {
  const { withdrawalId, state } = actor;
  const { commandId, name } = command;
  if (hasEnded(actor))
    throw ApplicationFailure.nonRetryable(`The withdrawal is ${state.status}.`, FAILURES.refused);
  if ('by' in command) refuseIllegal(actor, command);
  const asked = { withdrawalId, commandId };
  switch (name) {
    case 'admit':
      return decisions('nobody has to approve').approve({
        ...asked,
        by: null,
        digest: termsOf(actor).digest,
      });
    case 'approve':
      return decisions('approve').approve({ ...asked, by: command.by, digest: command.digest });
    case 'reject':
      return decisions('reject').close({ ...asked, by: command.by, as: 'reject', reason: command.reason });
    case 'cancel':
      return decisions('cancel').close({ ...asked, by: command.by, as: 'cancel', reason: null });
    case 'expire':
      return decisions('expire').close({ ...asked, by: null, as: 'expire', reason: null });
    case 'resolve': {
      const { by, outcome } = command;
      const standing = await decisions(outcome).resolve({ ...asked, by, outcome });
      state.resolution = outcome;
      return standing;
    }
  }
}

/** A command that was refused has done nothing: sent again, it is judged anew. */
function refusal({ state }: Actor, { commandId }: Queued, error: unknown): ApplicationFailure {
  state.seen = state.seen.filter((seen) => seen !== commandId);
  const designed = failureOf(error, FAILURES.refused) ?? failureOf(error, FAILURES.gone);
  return (
    designed ??
    ApplicationFailure.nonRetryable('It could not be done right now. Try again in a minute.', FAILURES.away)
  );
}
