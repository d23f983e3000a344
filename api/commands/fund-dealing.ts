import type { Logger } from 'pino';
import { latestComparison } from '../../db/fund/comparisons.ts';
import { freezeFund, unfreezeFund } from '../../db/fund/freeze.ts';
import { Unavailable } from '../../workflows/client.ts';
import type { Caller } from '../auth/caller.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

interface DealingContext extends Pick<Dependencies, 'knex' | 'fund' | 'identity'> {
  caller: Pick<Caller, 'userId'>;
  /** Where they call from, for the audit log. */
  address: string;
  log(): Logger;
}

/** From when it resolves nothing is dealt, whether or not a worker is there. The first reason stays. */
export async function stopDealing(
  because: string,
  { knex, identity, caller: { userId }, address }: DealingContext,
): Promise<void> {
  await freezeFund(knex, { at: identity.now().getTime(), because, by: { userId, address } });
}

/**
 * Lets dealing go on, and what waits be dealt at once where the fund's workflow can be reached. Throws `command_refused` while the
 * books are known to be wrong.
 */
export async function resumeDealing({
  knex,
  fund,
  caller: { userId },
  address,
  log,
}: DealingContext): Promise<void> {
  const { differences = [] } = (await latestComparison(knex)) ?? {};
  if (differences.length > 0)
    throw new ApiError(
      'command_refused',
      `Ledger and exchange differ: ${differences.join('; ')}. Put it right; dealing can go on once the next comparison finds nothing.`,
    );
  if (!(await unfreezeFund(knex, { userId, address }))) return;
  await fund.wake().catch((error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    log().warn('Dealing goes on; what waits is dealt at the next valuation');
  });
}
