import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import {
  FAILURES,
  WITHDRAWAL_QUERY,
  WITHDRAWAL_SIGNALS,
  WITHDRAWAL_UPDATE,
  type WithdrawalCommand,
  type WithdrawalInput,
  type WithdrawalSignal,
  type WithdrawalStanding,
  type WithdrawalState,
} from './messages.ts';
import { adopt, freshState, hasEnded, tell, type Actor } from './withdrawal/actor.ts';
import { commandLoop, isReadable, refuseIllegal, take } from './withdrawal/commands.ts';
import { runCourse } from './withdrawal/course.ts';
import { decisions } from './withdrawal/effects.ts';

const commandUpdate = defineUpdate<WithdrawalStanding, [WithdrawalCommand]>(WITHDRAWAL_UPDATE);
const approveSignal = defineSignal<[WithdrawalSignal<'approve'>]>(WITHDRAWAL_SIGNALS.approve);
const rejectSignal = defineSignal<[WithdrawalSignal<'reject'>]>(WITHDRAWAL_SIGNALS.reject);
const cancelSignal = defineSignal<[WithdrawalSignal<'cancel'>]>(WITHDRAWAL_SIGNALS.cancel);
const resolveSignal = defineSignal<[WithdrawalSignal<'resolve'>]>(WITHDRAWAL_SIGNALS.resolve);
const withdrawalQuery = defineQuery<WithdrawalState>(WITHDRAWAL_QUERY);

/**
 * One withdrawal, from its request to its end (semantics: pending_approval, approved, processing, completed; rejected,
 * cancelled, expired, failed; manual_review). Its row is the record: each step is written there, with the ledger's entry,
 * in one transaction. A request to cancel the workflow, from the Temporal UI, changes nothing: money may be on its way.
 */
export async function withdrawal({ withdrawalId }: WithdrawalInput): Promise<WithdrawalStanding> {
  const actor: Actor = { withdrawalId, state: freshState(), answers: new Map(), over: false };
  registerHandlers(actor);
  return CancellationScope.nonCancellable(() => live(actor));
}

async function live(actor: Actor): Promise<WithdrawalStanding> {
  const { withdrawalId, state } = actor;
  const { standing, terms } = await decisions('read the request').loadWithdrawal({ withdrawalId });
  state.terms = terms;
  adopt(actor, standing);
  const commands = commandLoop(actor);
  if (!hasEnded(actor)) await runCourse(actor);
  actor.over = true;
  await commands;
  await condition(allHandlersFinished);
  tell(actor);
  const { status, step, approvedBy, attempt, error } = state;
  return { status, step, approvedBy, attempt, error };
}

function registerHandlers(actor: Actor): void {
  const { state } = actor;
  setHandler(
    commandUpdate,
    async (command) => {
      take(actor, command);
      const isDone = () => actor.answers.has(command.commandId) || (actor.over && state.queue.length === 0);
      await CancellationScope.nonCancellable(() => condition(isDone));
      const answer = actor.answers.get(command.commandId);
      if (answer instanceof ApplicationFailure) throw answer;
      if (!answer)
        throw ApplicationFailure.nonRetryable(`The withdrawal is ${state.status}.`, FAILURES.refused);
      return answer;
    },
    {
      validator: (command) => {
        if (state.terms && state.queue.length === 0 && !state.seen.includes(command.commandId))
          refuseIllegal(actor, command);
        else if (!isReadable(command))
          throw ApplicationFailure.nonRetryable('The command cannot be read', FAILURES.refused);
      },
    },
  );
  const signalled = (command: WithdrawalCommand) => {
    if (isReadable(command)) take(actor, command);
  };
  setHandler(approveSignal, (signal) => signalled({ ...signal, name: 'approve' }));
  setHandler(rejectSignal, (signal) => signalled({ ...signal, name: 'reject' }));
  setHandler(cancelSignal, (signal) => signalled({ ...signal, name: 'cancel' }));
  setHandler(resolveSignal, (signal) => signalled({ ...signal, name: 'resolve' }));
  setHandler(withdrawalQuery, () => state);
}
