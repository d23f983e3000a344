import type { Knex } from 'knex';
import { Decimal } from '../../../bots/money.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import type { WithdrawalStanding } from '../../../workflows/messages.ts';
import { readWithdrawal, type WithdrawalDependencies } from './dependencies.ts';
import type { WithdrawalDecisions } from './types.ts';

/** Reads the request when its workflow begins. */
export function createLoad({ knex, timing }: WithdrawalDependencies): WithdrawalDecisions['loadWithdrawal'] {
  return async ({ withdrawalId }) => {
    const request = await readWithdrawal(knex, withdrawalId);
    const { user_id, digest, quorum, expires_at, cooling_until, amount, asset, network } = request;
    return {
      standing: await standingOf(knex, request),
      terms: {
        ...{ holderId: user_id, digest, quorum },
        summary: `${new Decimal(amount).toFixed()} ${asset} by ${network}`,
        expiresAt: expires_at.getTime(),
        coolingUntil: cooling_until?.getTime() ?? null,
        patienceMs: timing.patience,
      },
    };
  };
}

/** How a request stands, with those who have agreed to it. */
export async function standingOf(knex: Knex, request: WithdrawalRequest): Promise<WithdrawalStanding> {
  const { id, status, step, send_attempt: attempt, error } = request;
  const approvedBy = await knex('withdrawal_approvals')
    .where({ request_id: id })
    .orderBy('approved_at')
    .pluck<string[]>('admin_id');
  return { status, step, approvedBy, attempt, error };
}
