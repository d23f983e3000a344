import type { Knex } from 'knex';
import { holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import { isAsApproved } from '../../../db/fund/withdrawal-digest.ts';
import { insertApproval, type WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import type { WithdrawalStanding } from '../../../workflows/messages.ts';
import { readFundPrices, type FundPrices } from '../deal.ts';
import { begin } from './begin.ts';
import { gone, refused, type WithdrawalDependencies } from './dependencies.ts';
import { standingOf } from './load.ts';
import { fixRedemption, refuseWhereHeld } from './redemption.ts';
import type { WithdrawalDecisions } from './types.ts';

type Input = Parameters<WithdrawalDecisions['approve']>[0];

/** An administrator's agreement, or the policy's where it asks nobody. The one that makes enough fixes the redemption. */
export function createApprove(deps: WithdrawalDependencies): WithdrawalDecisions['approve'] {
  return async (input) => {
    deps.step('approve:begun', input.withdrawalId);
    const prices = await readFundPrices(deps);
    deps.step('approve:valued', input.withdrawalId);
    const standing = await deps.knex
      .transaction((tx) => approve(tx, deps, input, prices))
      .catch(refuseWhereHeld);
    deps.step('approve:recorded', input.withdrawalId);
    return standing;
  };
}

async function approve(
  tx: Knex,
  deps: WithdrawalDependencies,
  { withdrawalId, commandId, by, digest }: Input,
  prices: FundPrices,
): Promise<WithdrawalStanding> {
  const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
  const at = new Date(deps.now());
  const command = { id: commandId, requestId: withdrawalId, name: 'approve', userId: by, at } as const;
  const asking = await begin(tx, command);
  if (!asking) return standingOf(tx, request);
  await requireOpen(tx, request, { by, digest, at });
  const approvals = by === null ? 0 : await insertApproval(tx, { request, digest, adminId: by, at });
  const told = { at, action: 'withdrawal.approve', by: asking, details: { approvals } } as const;
  const isEnough = approvals >= request.quorum;
  const fixed = isEnough ? await fixRedemption(tx, deps, request, prices) : null;
  const cools = request.cooling_until !== null && request.cooling_until > at;
  const change = fixed && {
    ...({ status: 'approved', step: cools ? 'cooling' : null, approved_by: by, approved_at: at } as const),
    ...{ units: fixed.units, nav_per_unit: fixed.navPerUnit },
  };
  // Read before what must be the last statement.
  const { approvedBy } = await standingOf(tx, request);
  const moved = await moveWithdrawal(tx, request, { change: change ?? {}, ...told });
  const { status, step, send_attempt: attempt, error } = moved;
  return { status, step, approvedBy, attempt, error };
}

async function requireOpen(
  tx: Knex,
  request: WithdrawalRequest,
  { by, digest, at }: { by: string | null; digest: string; at: Date },
): Promise<void> {
  if (request.status !== 'pending_approval')
    throw refused(`The withdrawal is ${request.status}: only one that waits for approval can be approved.`);
  if (request.expires_at <= at) throw refused('The withdrawal has expired. Its holder can ask again.');
  if (request.digest !== digest || !isAsApproved(request))
    throw refused('What was approved is not what is asked for now. Look at the request again.');
  if (!(await tx('users').where({ id: request.user_id, disabled_at: null }).first('id')))
    throw refused('Its holder is disabled: nothing is paid to them. Reject it, or enable them first.');
  if (by === null) return;
  if (by === request.user_id)
    throw refused('Nobody approves their own withdrawal. Another administrator must.');
  const admin = await tx('users').where({ id: by, role: 'admin', disabled_at: null }).first('id');
  if (!admin) throw refused('Only administrators approve withdrawals.');
  const approved = { request_id: request.id, admin_id: by };
  if (await tx('withdrawal_approvals').where(approved).first('admin_id'))
    throw refused('You have approved this withdrawal already. Another administrator must, too.');
}
