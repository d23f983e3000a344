import type { Knex } from 'knex';
import { sweepDone, sweepSent } from '../../../bots/fund/postings.ts';
import { postEntry } from '../../../db/fund/post-entry.ts';
import { BY_ITSELF, holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import { readFundPrices } from '../deal.ts';
import { gone, readWithdrawal, sentSince, type WithdrawalDependencies } from './dependencies.ts';
import { standingOf } from './load.ts';
import { plainAmount } from './plain-amount.ts';
import { reverseRedemption } from './redemption.ts';
import { moveOnce, notYet } from './stage.ts';
import type { WithdrawalMoves } from './types.ts';

/** Nothing was paid: the money goes back to main, the holder gets units for it, and the request has failed. */
export function createRefund(deps: WithdrawalDependencies): WithdrawalMoves['refund'] {
  return async ({ withdrawalId, transferId, from, reason }) => {
    const { knex } = deps;
    deps.step('return:begun', withdrawalId);
    // Another run may have begun it, and this one knows no more than that it is returning.
    const isInSub = from === 'sub' || (await isOnTheWay(knex, withdrawalId));
    if (isInSub && !(await giveBack(deps, { withdrawalId, transferId, reason })))
      return standingOf(knex, await readWithdrawal(knex, withdrawalId));
    deps.step('return:sent', withdrawalId);
    const prices = await readFundPrices(deps);
    const failed = await knex.transaction(async (tx) => {
      const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
      if (request.status === 'failed') return request;
      // First: it closes the books, for which nobody who has posted can wait beside another who has.
      await reverseRedemption(tx, deps, request, { prices, status: 'failed' });
      if (isInSub)
        await postEntry(tx, { ...sweepDone(moneyOf(request)), ...keyed(deps, request, 'settled') });
      const change = { status: 'failed', step: null, error: request.error ?? reason } as const;
      const at = new Date(deps.now());
      return moveWithdrawal(tx, request, { change, at, action: 'withdrawal.move', by: BY_ITSELF });
    });
    deps.step('return:recorded', withdrawalId);
    return standingOf(knex, failed);
  };
}

/** False where the exchange has taken the transfer in vain. */
async function giveBack(
  deps: WithdrawalDependencies,
  { withdrawalId, transferId, reason }: { withdrawalId: string; transferId: string; reason: string },
): Promise<boolean> {
  await intend(deps, withdrawalId, reason);
  deps.step('return:intended', withdrawalId);
  const request = await readWithdrawal(deps.knex, withdrawalId);
  if (request.status === 'failed') return true;
  const { user_id, asset, amount } = request;
  const from = { subAccountId: await deps.subAccountOf(user_id) };
  const money = { asset, amount: plainAmount(amount), since: sentSince(request) };
  const { refusal, isSpent } = await moveOnce(deps, { from, to: 'main', transferId, ...money });
  // It is owed to the holder, and has to go: whoever mends what refuses it need do nothing else.
  if (refusal !== null && !isSpent) throw notYet(refusal, 60_000);
  return refusal === null;
}

async function isOnTheWay(knex: Knex, id: string): Promise<boolean> {
  return (
    (await knex('journal_entries')
      .where({ key: keyOf(id, 'sent') })
      .first('id')) !== undefined
  );
}

async function intend(deps: WithdrawalDependencies, id: string, reason: string): Promise<void> {
  await deps.knex.transaction(async (tx) => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    if (request.status !== 'processing' || request.step === 'returning') return;
    await postEntry(tx, { ...sweepSent(moneyOf(request)), ...keyed(deps, request, 'sent') });
    const change = { step: 'returning', error: reason.slice(0, 500) } as const;
    const at = new Date(deps.now());
    await moveWithdrawal(tx, request, { change, at, action: 'withdrawal.move', by: BY_ITSELF });
  });
}

function moneyOf({ user_id: userId, asset, amount }: WithdrawalRequest) {
  return { userId, asset, amount };
}

function keyed({ now }: WithdrawalDependencies, { id }: WithdrawalRequest, what: 'sent' | 'settled') {
  return { key: keyOf(id, what), at: now(), refs: { withdrawal: id } };
}

function keyOf(id: string, what: 'sent' | 'settled'): string {
  return `withdrawal/${id}/return/${what}`;
}
