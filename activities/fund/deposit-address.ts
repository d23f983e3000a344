import type { Knex } from 'knex';
import {
  findDepositAddress,
  findSubAccount,
  keepDepositAddress,
  keepSubAccount,
} from '../../db/fund/sub-accounts.ts';
import type { Treasury } from '../../exchanges/treasury.ts';
import type { FundDependencies } from './dependencies.ts';
import type { TreasuryActivities } from './types.ts';

/** Asks the exchange for a holder's address on a network, once: what is on record is not asked for again. */
export function createOpenDepositAddress(deps: FundDependencies): TreasuryActivities['openDepositAddress'] {
  return async ({ userId, network }) => {
    const { knex, settings } = deps;
    const asset = settings.currency;
    if (await findDepositAddress(knex, { userId, asset, network })) return;
    const subAccountId = await deps.subAccountOf(userId);
    const treasury = await deps.treasury();
    const { address, tag } = await treasury.depositAddress({ subAccountId, asset, network });
    await keepDepositAddress(knex, userId, { asset, network, address, tag });
  };
}

/** The holder's sub-account, opened at the exchange where they have none. Of several openings at once the first on record is it. */
export async function subAccountOf(
  { knex, treasury }: { knex: Knex; treasury: () => Promise<Treasury> },
  userId: string,
): Promise<string> {
  const known = await findSubAccount(knex, userId);
  if (known) return known.subAccountId;
  const { subAccountId } = await (await treasury()).createSubAccount(userId.replaceAll('-', ''));
  return keepSubAccount(knex, userId, subAccountId);
}
