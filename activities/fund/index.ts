import { freezeFund, unfreezeFund } from '../../db/fund/freeze.ts';
import { createOpenDepositAddress } from './deposit-address.ts';
import type { FundDependencies } from './dependencies.ts';
import { refreshTerms } from './networks.ts';
import { createObserveDeposits } from './observe-deposits.ts';
import { createCompare } from './solvency.ts';
import { createSweeps } from './sweep.ts';
import type { FundActivities, TreasuryActivities } from './types.ts';
import { createValueFund } from './value.ts';

/** The fund's activities that need no key. */
export function createFundActivities(deps: FundDependencies): FundActivities {
  const { knex, now } = deps;
  return {
    valueFund: createValueFund(deps),
    async freeze({ because }) {
      await freezeFund(knex, { at: now(), because });
    },
    async unfreeze({ by }) {
      await unfreezeFund(knex, { userId: by, address: null });
    },
  };
}

/** Those that move money, or look at where it is. */
export function createTreasuryActivities(deps: FundDependencies): TreasuryActivities {
  const compare = createCompare(deps);
  return {
    observeDeposits: createObserveDeposits(deps, compare),
    ...createSweeps(deps),
    async checkSolvency() {
      const { differences } = await compare();
      await refreshTerms(deps);
      return differences;
    },
    openDepositAddress: createOpenDepositAddress(deps),
  };
}
