import { Decimal } from '../../bots/money.ts';
import {
  creditedDeposits,
  recordDeposit,
  type KeptBecause,
  type ToldDeposit,
} from '../../db/fund/deposits.ts';
import { hasBegun } from '../../db/fund/opening.ts';
import { listSubAccounts, markObserved, type SubAccount } from '../../db/fund/sub-accounts.ts';
import type { VenueDeposit } from '../../exchanges/treasury.ts';
import type { FundDependencies, FundSettings } from './dependencies.ts';
import type { Verdict } from './solvency.ts';
import type { TreasuryActivities } from './types.ts';

/** How far before the last look the next one begins. */
const LOOK_BACK_MS = 3 * 86_400_000;

/**
 * Records what came into every holder's sub-account, each deposit of the venue once. Acted on is what is final: a deposit
 * that is merely credited can still be taken back.
 */
export function createObserveDeposits(
  deps: FundDependencies,
  compare: () => Promise<Verdict>,
): TreasuryActivities['observeDeposits'] {
  return async () => {
    deps.step('deposits:begun');
    // Before the first deposit can be given units: what is on main by then is not the depositor's.
    if (!(await hasBegun(deps.knex)) && (await compare()).outcome === 'inconclusive')
      throw new Error('It is not known what the fund begins with: its money moved whenever it was looked at');
    for (const subAccount of await listSubAccounts(deps.knex)) await observe(deps, subAccount);
    return { waiting: (await creditedDeposits(deps.knex)).length };
  };
}

/** Since when deposits are read, epoch ms: one that is not final is looked at until it is, however long its chain stands still. */
export function lookFrom({ observedAt, createdAt, pendingSince }: SubAccount): number {
  const before = (observedAt ?? createdAt).getTime() - LOOK_BACK_MS;
  return Math.min(before, pendingSince?.getTime() ?? before);
}

async function observe(deps: FundDependencies, subAccount: SubAccount) {
  const { knex, now, settings, step } = deps;
  const { userId, subAccountId } = subAccount;
  const at = now();
  const since = lookFrom(subAccount);
  const treasury = await deps.treasury();
  const deposits = await treasury.depositsSince({ subAccountId, since });
  step('deposits:read');
  for (const deposit of deposits) {
    const keptBecause = reasonToKeep(deposit, settings);
    await recordDeposit(knex, toldBy(userId, deposit), { at: now(), keptBecause });
    step('deposits:recorded');
  }
  await markObserved(knex, userId, at);
}

/** Units are given for the fund's currency, from the least amount on. */
function reasonToKeep(
  { asset, amount }: VenueDeposit,
  { currency, minDeposit }: FundSettings,
): KeptBecause | null {
  if (asset !== currency) return 'other_asset';
  return new Decimal(amount).lt(minDeposit) ? 'below_minimum' : null;
}

function toldBy(userId: string, deposit: VenueDeposit): ToldDeposit {
  const { depositId: venueDepositId, asset, network, amount, txId, confirmations, at: seenAt } = deposit;
  const isFinal = deposit.status === 'credited' && deposit.isFinal;
  const state = deposit.status === 'reversed' ? 'reversed' : isFinal ? 'final' : 'pending';
  return { userId, venueDepositId, asset, network, amount, txId, confirmations, state, seenAt };
}
