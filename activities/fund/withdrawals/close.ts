import type { Knex } from 'knex';
import { unitsUnlocked } from '../../../bots/fund/postings.ts';
import { isOver } from '../../../bots/fund/withdrawal-status.ts';
import { postEntry } from '../../../db/fund/post-entry.ts';
import { holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import type { WithdrawalStanding } from '../../../workflows/messages.ts';
import { readFundPrices, type FundPrices } from '../deal.ts';
import { begin } from './begin.ts';
import { gone, readWithdrawal, refused, type WithdrawalDependencies } from './dependencies.ts';
import { standingOf } from './load.ts';
import { refuseWhereHeld, reverseRedemption, told } from './redemption.ts';
import type { WithdrawalDecisions } from './types.ts';

type Input = Parameters<WithdrawalDecisions['close']>[0];

const DONE = { reject: 'rejected', cancel: 'cancelled', expire: 'expired' } as const;

/**
 * Rejects, cancels or lets expire: while it waits for approval. An approved one its holder cancels while it cools; an admin
 * rejects it as long as nothing of it has left main, also while nothing is dealt.
 */
export function createClose(deps: WithdrawalDependencies): WithdrawalDecisions['close'] {
  return async (input) => {
    deps.step('close:begun', input.withdrawalId);
    const { status } = await readWithdrawal(deps.knex, input.withdrawalId);
    // Nobody has to wait for an exchange to take back what was never fixed.
    const isDealt = status === 'approved' && input.as !== 'reject';
    const prices = isDealt ? await readFundPrices(deps) : null;
    const standing = await deps.knex
      .transaction((tx) => close(tx, deps, input, prices))
      .catch(refuseWhereHeld);
    deps.step('close:recorded', input.withdrawalId);
    return standing;
  };
}

async function close(
  tx: Knex,
  deps: WithdrawalDependencies,
  { withdrawalId, commandId, by, as, reason }: Input,
  prices: FundPrices | null,
): Promise<WithdrawalStanding> {
  const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
  // Ended by what happened to the money: its workflow finds out when its time is over.
  if (as === 'expire' && isOver(request.status)) return standingOf(tx, request);
  const at = new Date(deps.now());
  const command = { id: commandId, requestId: withdrawalId, name: as, userId: by, at };
  const asking = await begin(tx, command);
  if (!asking) return standingOf(tx, request);
  requireNotUnderWay(request, as);
  if (as === 'cancel' && by !== request.user_id) throw refused('Only its holder cancels a withdrawal.');
  if (as === 'reject') await requireAdmin(tx, by);
  const change = await free(tx, deps, request, { as, prices });
  const standing = await standingOf(tx, request);
  const rejection = as === 'reject' ? { rejected_by: by, reject_reason: reason } : {};
  const { status, step } = await moveWithdrawal(tx, request, {
    ...{ change: { ...change, ...rejection }, at, by: asking },
    ...{ action: `withdrawal.${as}`, details: reason === null ? {} : { reason } },
  });
  return { ...standing, status, step };
}

function requireNotUnderWay({ status, step }: WithdrawalRequest, as: Input['as']): void {
  if (status === 'pending_approval') return;
  if (step === 'rejecting') throw refused('The withdrawal is being rejected already.');
  if (status === 'approved' && (as === 'reject' || (as === 'cancel' && step === 'cooling'))) return;
  const which = as === 'reject' ? 'of which nothing has been sent' : 'that waits for approval or cools';
  throw refused(`The withdrawal is ${status}: only one ${which} can be ${DONE[as]}.`);
}

/** Frees what the request holds. Returns how it stands then. */
async function free(
  tx: Knex,
  deps: WithdrawalDependencies,
  request: WithdrawalRequest,
  { as, prices }: { as: Input['as']; prices: FundPrices | null },
): Promise<Partial<Pick<WithdrawalRequest, 'status' | 'step'>>> {
  const done = { status: DONE[as], step: null };
  if (request.status === 'pending_approval') {
    await unlock(tx, deps, request);
    return done;
  }
  // From now on nothing is sent. The units come back once there is a price to deal at: that it is stopped does not wait for one.
  if (as === 'reject') return { step: 'rejecting' };
  if (!prices) throw refused('The withdrawal has been approved meanwhile. Look at it again.');
  await reverseRedemption(tx, deps, request, { prices, status: 'cancelled' });
  return done;
}

async function requireAdmin(tx: Knex, userId: string | null): Promise<void> {
  const admin = await tx('users').where({ id: userId, role: 'admin', disabled_at: null }).first('id');
  if (!admin) throw refused('Only administrators reject withdrawals.');
}

async function unlock(tx: Knex, { now }: WithdrawalDependencies, request: WithdrawalRequest): Promise<void> {
  const { id, user_id: userId, units } = request;
  await postEntry(tx, {
    ...{ key: `withdrawal/${id}/unlocked`, at: now(), refs: { withdrawal: id } },
    ...unitsUnlocked({ userId, units }),
    transaction: { ...told(request), status: 'cancelled' },
  });
}
