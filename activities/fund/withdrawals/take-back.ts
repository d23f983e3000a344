import { BY_ITSELF, holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import { readFundPrices } from '../deal.ts';
import { gone, type WithdrawalDependencies } from './dependencies.ts';
import { standingOf } from './load.ts';
import { refuseWhereHeld, reverseRedemption } from './redemption.ts';
import type { WithdrawalDecisions } from './types.ts';

/** Gives the units back of what was rejected after its approval, at the price of now. */
export function createTakeBack(deps: WithdrawalDependencies): WithdrawalDecisions['takeBack'] {
  return async ({ withdrawalId }) => {
    const prices = await readFundPrices(deps);
    return deps.knex
      .transaction(async (tx) => {
        const request = (await holdWithdrawal(tx, withdrawalId)) ?? gone();
        const standing = await standingOf(tx, request);
        if (request.step !== 'rejecting') return standing;
        await reverseRedemption(tx, deps, request, { prices, status: 'cancelled' });
        const { status, step } = await moveWithdrawal(tx, request, {
          ...{ change: { status: 'rejected', step: null }, at: new Date(deps.now()) },
          ...{ action: 'withdrawal.move', by: BY_ITSELF },
        });
        return { ...standing, status, step };
      })
      .catch(refuseWhereHeld);
  };
}
