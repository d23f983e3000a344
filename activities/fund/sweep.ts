import { Context } from '@temporalio/activity';
import { moneyOf } from '../../db/fund/deposits.ts';
import { findSweep, intendSweep, settleSweep, type IntendedSweep, type Sweep } from '../../db/fund/sweeps.ts';
import { findSubAccount } from '../../db/fund/sub-accounts.ts';
import { ExchangeError } from '../../exchanges/port.ts';
import type { VenueTransfer } from '../../exchanges/treasury.ts';
import type { FundDependencies } from './dependencies.ts';
import type { TreasuryActivities } from './types.ts';

/** Between the two looks that must agree. */
const AGREEMENT_MS = 1_000;
/** A transfer that arrived is mostly found within seconds. */
const FIRST_LOOKS_MS = [0, 1_000, 3_000, 7_000];

type Sweeps = Pick<TreasuryActivities, 'intendSweep' | 'sendSweep' | 'resolveSweep' | 'settleSweep'>;

/** The steps of one attempt to send a deposit's money to main: intend, send once, ask where the answer was lost, book the end. */
export function createSweeps(deps: FundDependencies): Sweeps {
  const { knex, now, step, timing } = deps;
  return {
    async intendSweep(sweep) {
      step('sweep:begun');
      const at = now();
      const intended = await intendSweep(knex, sweep, { at, sendBefore: at + timing.sendWithin });
      step('sweep:intended');
      return intended !== null;
    },

    async sendSweep(sweep) {
      const { deposit, sendBefore, intendedAt } = await intentOf(deps, sweep);
      const treasury = await deps.treasury();
      const { asset, amount } = moneyOf(deposit);
      try {
        const transfer = await treasury.transfer({
          ...{ from: { subAccountId: await placeOf(deps, deposit.user_id) }, to: 'main' },
          ...{ asset, amount, transferId: sweep.transferId, since: intendedAt, sendBefore },
        });
        step('sweep:sent');
        return transfer.status === 'done' ? 'done' : 'unknown';
      } catch (error) {
        // Even a refusal may be the answer to a second send: whoever asks will see.
        if (error instanceof ExchangeError) return 'unknown';
        throw error;
      }
    },

    async resolveSweep(sweep) {
      const intended = await intentOf(deps, sweep);
      const begun = now();
      const certainIn = Math.max(0, intended.sendBefore + timing.acceptance - begun);
      const looks = [...FIRST_LOOKS_MS.filter((at) => at < certainIn), certainIn, certainIn + AGREEMENT_MS];
      for (const at of looks) {
        await Context.current().sleep(Math.max(0, begun + at - now()));
        const transfer = await lookUp(deps, intended);
        step('sweep:asked');
        if (transfer?.status === 'done') return 'done';
        if (transfer?.status === 'failed') return 'returned';
        if (transfer) throw new Error(`Transfer ${sweep.transferId} is still under way`);
      }
      return 'returned';
    },

    async settleSweep({ outcome, ...sweep }) {
      await settleSweep(knex, { ...sweep, outcome, at: now() });
      step('sweep:settled');
    },
  };
}

async function intentOf({ knex }: FundDependencies, sweep: Sweep): Promise<IntendedSweep> {
  const intended = await findSweep(knex, sweep);
  if (intended) return intended;
  throw new Error(`Transfer ${sweep.transferId} was never intended`);
}

async function lookUp(deps: FundDependencies, intended: IntendedSweep): Promise<VenueTransfer | null> {
  const treasury = await deps.treasury();
  const from = { subAccountId: await placeOf(deps, intended.deposit.user_id) };
  return treasury.transferById({ transferId: intended.transferId, from, since: intended.intendedAt });
}

async function placeOf({ knex }: FundDependencies, userId: string): Promise<string> {
  const subAccount = await findSubAccount(knex, userId);
  if (subAccount) return subAccount.subAccountId;
  throw new Error(`User ${userId} has no sub-account`);
}
