import { BY_ITSELF, holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import { begin } from './begin.ts';
import { gone, refused, type WithdrawalDependencies } from './dependencies.ts';
import { standingOf } from './load.ts';
import type { WithdrawalDecisions } from './types.ts';

const IN_DOUBT =
  'The exchange has not said whether it took this withdrawal. It is asked on; nothing is sent again or refunded until it is known, or an admin decides.';

/** Takes the place of an attempt that never began; one that did is in doubt. */
export function createForestall({ knex, now }: WithdrawalDependencies): WithdrawalDecisions['forestall'] {
  return ({ withdrawalId, attempt }) =>
    knex.transaction(async (tx) => {
      const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
      const isOpen = request.status === 'processing' && request.step === 'sending';
      if (!isOpen || request.send_attempt !== attempt - 1) return 'unknown';
      await moveWithdrawal(tx, request, {
        ...{ change: { send_attempt: attempt, send_before: new Date(now()) }, at: new Date(now()) },
        ...{ action: 'withdrawal.move', by: BY_ITSELF, details: { attempt, forestalled: true } },
      });
      return 'not_begun';
    });
}

/** Shows a sending in doubt to people. One that has turned up meanwhile is in none. */
export function createReview({ knex, now }: WithdrawalDependencies): WithdrawalDecisions['review'] {
  return ({ withdrawalId }) =>
    knex.transaction(async (tx) => {
      const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
      const standing = await standingOf(tx, request);
      if (request.status !== 'processing' || request.step !== 'sending') return standing;
      const { status, error } = await moveWithdrawal(tx, request, {
        ...{ change: { status: 'manual_review', error: IN_DOUBT }, at: new Date(now()) },
        ...{ action: 'withdrawal.move', by: BY_ITSELF },
      });
      return { ...standing, status, error };
    });
}

/** Takes an admin's word for what is to become of it. Carried out by the workflow, which asks the exchange once more. */
export function createResolve(deps: WithdrawalDependencies): WithdrawalDecisions['resolve'] {
  return ({ withdrawalId, commandId, by, outcome }) =>
    deps.knex.transaction(async (tx) => {
      const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
      const at = new Date(deps.now());
      const command = { id: commandId, requestId: withdrawalId, name: 'resolve', userId: by, at } as const;
      const asking = await begin(tx, command);
      const standing = await standingOf(tx, request);
      if (!asking) return standing;
      if (request.status !== 'manual_review')
        throw refused(`The withdrawal is ${request.status}: there is nothing to decide about its sending.`);
      const admin = await tx('users').where({ id: by, role: 'admin', disabled_at: null }).first('id');
      if (!admin) throw refused('Only administrators decide about a withdrawal in doubt.');
      const lastEffect = (request.send_before?.getTime() ?? 0) + deps.timing.acceptance;
      if (at.getTime() < lastEffect)
        throw refused('It may still turn up at the exchange by itself. Try again in half a minute.');
      const { status, error } = await moveWithdrawal(tx, request, {
        ...{ change: { status: 'processing', error: null }, at, by: asking },
        ...{ action: 'withdrawal.resolve', details: { outcome } },
      });
      return { ...standing, status, error };
    });
}
