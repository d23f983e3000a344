import { sweepDone, sweepSent, withdrawalPaid } from '../../../bots/fund/postings.ts';
import { postEntry } from '../../../db/fund/post-entry.ts';
import { BY_ITSELF, holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import type { VenueWithdrawal } from '../../../exchanges/treasury.ts';
import { gone, readWithdrawal, sentSince, type WithdrawalDependencies } from './dependencies.ts';
import { told } from './redemption.ts';
import { notYet } from './stage.ts';
import type { WithdrawalMoves } from './types.ts';

/** Asks how the withdrawal stands until it has ended, and books its end. */
export function createConfirm(deps: WithdrawalDependencies): WithdrawalMoves['confirm'] {
  return async ({ withdrawalId }) => {
    deps.step('confirm:begun', withdrawalId);
    const request = await readWithdrawal(deps.knex, withdrawalId);
    if (request.status === 'completed') return 'completed';
    if (request.step === 'returning') return 'came_to_nothing';
    const treasury = await deps.treasury();
    const found = await treasury.withdrawalById(withdrawalId, sentSince(request));
    deps.step('confirm:asked', withdrawalId);
    if (!found || found.status === 'sending' || found.status === 'confirming')
      throw notYet('The withdrawal is on its way');
    if (found.status === 'done') await recordPaid(deps, withdrawalId, found);
    else await recordNothing(deps, withdrawalId, found);
    deps.step('confirm:recorded', withdrawalId);
    return found.status === 'done' ? 'completed' : 'came_to_nothing';
  };
}

async function recordPaid(
  { knex, now }: WithdrawalDependencies,
  id: string,
  { fee, txId }: VenueWithdrawal,
): Promise<void> {
  await knex.transaction(async (tx) => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    if (request.step !== 'confirming') return;
    const { user_id: userId, asset, amount, units } = request;
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/paid`, at: now(), refs: { withdrawal: id } },
      ...withdrawalPaid({ userId, asset, amount, units }),
      transaction: { ...told(request), status: 'completed' },
    });
    await moveWithdrawal(tx, request, {
      change: { status: 'completed', step: null, network_fee: fee ?? request.network_fee, tx_id: txId },
      ...{ at: new Date(now()), action: 'withdrawal.move', by: BY_ITSELF },
    });
  });
}

/** The venue has given the money back to main, which is where the ledger has it from here on. */
async function recordNothing(
  { knex, now }: WithdrawalDependencies,
  id: string,
  { status, reason }: VenueWithdrawal,
): Promise<void> {
  await knex.transaction(async (tx) => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    if (request.step !== 'confirming') return;
    const { user_id: userId, asset, amount } = request;
    const moved = { at: now(), refs: { withdrawal: id } };
    const money = { userId, asset, amount };
    await postEntry(tx, { ...sweepSent(money), ...moved, key: `withdrawal/${id}/return/sent` });
    await postEntry(tx, { ...sweepDone(money), ...moved, key: `withdrawal/${id}/return/settled` });
    const error = `The withdrawal ${status} at the exchange${reason ? `: ${reason}` : ''}`.slice(0, 500);
    await moveWithdrawal(tx, request, {
      ...{ change: { step: 'returning', error }, at: new Date(now()) },
      ...{ action: 'withdrawal.move', by: BY_ITSELF },
    });
  });
}
