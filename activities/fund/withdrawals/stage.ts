import { ApplicationFailure } from '@temporalio/common';
import { stagingDone, stagingReturned, stagingSent } from '../../../bots/fund/postings.ts';
import { holdFreeze } from '../../../db/fund/dealing.ts';
import { postEntry } from '../../../db/fund/post-entry.ts';
import { BY_ITSELF, holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import { isAsApproved } from '../../../db/fund/withdrawal-digest.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import { ExchangeError } from '../../../exchanges/port.ts';
import type { TransferRequest } from '../../../exchanges/treasury.ts';
import { gone, refused, sentSince, type WithdrawalDependencies } from './dependencies.ts';
import { plainAmount } from './plain-amount.ts';
import type { Staged, WithdrawalMoves } from './types.ts';

/**
 * Main to sub-account. The intent is booked first; the venue takes an id once, and a transfer is looked up before it is sent,
 * so that the whole may be repeated until it is known.
 */
export function createStage(deps: WithdrawalDependencies): WithdrawalMoves['stage'] {
  return async ({ withdrawalId, transferId }) => {
    deps.step('stage:begun', withdrawalId);
    const begun = await intend(deps, withdrawalId);
    if ('outcome' in begun) return begun;
    deps.step('stage:intended', withdrawalId);
    const { user_id, asset, amount } = begun;
    const to = { subAccountId: await deps.subAccountOf(user_id) };
    const money = { asset, amount: plainAmount(amount), since: sentSince(begun) };
    const moved = await moveOnce(deps, { from: 'main', to, transferId, ...money });
    deps.step('stage:sent', withdrawalId);
    const staged = await settle(deps, withdrawalId, moved);
    deps.step('stage:recorded', withdrawalId);
    return staged;
  };
}

/** What became of a transfer. */
interface Moved {
  refusal: string | null;
  isSpent: boolean;
}

/**
 * Makes a transfer under its id, once however often this is called. Returns why the venue refuses it for good, and whether the
 * venue has taken it in vain, so that its id is spent; throws, to be tried again, where it cannot be known yet or may go later.
 */
export async function moveOnce(
  { treasury, timing, now }: WithdrawalDependencies,
  request: Omit<TransferRequest, 'sendBefore'>,
): Promise<Moved> {
  try {
    const { status } = await (
      await treasury()
    ).transfer({ ...request, sendBefore: now() + timing.sendWithin });
    if (status === 'failed')
      return { refusal: 'The exchange could not move the money between its accounts.', isSpent: true };
    if (status === 'pending') throw notYet('The transfer is under way');
    return { refusal: null, isSpent: true };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const isRefused = error.phase === 'refused' || error.phase === 'before_call';
    if (isRefused && (error.final || FOR_GOOD.has(error.code)))
      return { refusal: error.message, isSpent: false };
    if (isRefused) throw error;
    // It is there within the acceptance window, or never comes: whichever, the same id asks first.
    throw notYet(error.message, timing.acceptance);
  }
}

/** What waiting does not mend within a withdrawal's time. */
const FOR_GOOD: ReadonlySet<string> = new Set(['insufficient_funds', 'invalid_amount', 'below_minimum']);

/** Nothing is wrong: it is asked again. */
export function notYet(message: string, afterMs?: number): ApplicationFailure {
  return ApplicationFailure.create({
    ...{ message, type: 'NotYet', category: 'BENIGN' as const },
    ...(afterMs === undefined ? {} : { nextRetryDelay: afterMs }),
  });
}

async function intend(deps: WithdrawalDependencies, id: string): Promise<WithdrawalRequest | Staged> {
  return deps.knex.transaction(async (tx): Promise<WithdrawalRequest | Staged> => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    if (request.status === 'processing' && request.step === 'staging') return request;
    // Begun by an earlier run.
    if (request.status === 'manual_review') return { outcome: 'done' };
    if (request.status === 'processing')
      return request.step === 'returning'
        ? { outcome: 'refused', reason: request.error ?? '' }
        : { outcome: 'done' };
    if (request.status !== 'approved' || request.step === 'rejecting') return { outcome: 'over' };
    if (!isAsApproved(request)) throw refused('What is to be paid is not what was approved.');
    // What is on its way goes on; what is not stays until somebody knows what is wrong.
    const freeze = await holdFreeze(tx);
    if (freeze) throw notYet(`Dealing is frozen: ${freeze.because}`);
    const { user_id: userId, asset, amount } = request;
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/staging/sent`, at: deps.now(), refs: { withdrawal: id } },
      ...stagingSent({ userId, asset, amount }),
    });
    return moveWithdrawal(tx, request, {
      ...{ change: { status: 'processing', step: 'staging' }, at: new Date(deps.now()) },
      ...{ action: 'withdrawal.move', by: BY_ITSELF },
    });
  });
}

async function settle(deps: WithdrawalDependencies, id: string, { refusal }: Moved): Promise<Staged> {
  await deps.knex.transaction(async (tx) => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    if (request.step !== 'staging') return;
    const { user_id: userId, asset, amount } = request;
    const settled = refusal === null ? stagingDone : stagingReturned;
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/staging/settled`, at: deps.now(), refs: { withdrawal: id } },
      ...settled({ userId, asset, amount }),
    });
    await moveWithdrawal(tx, request, {
      change: refusal === null ? { step: 'sending' } : { step: 'returning', error: refusal.slice(0, 500) },
      ...{ at: new Date(deps.now()), action: 'withdrawal.move', by: BY_ITSELF },
    });
  });
  return refusal === null ? { outcome: 'done' } : { outcome: 'refused', reason: refusal };
}
