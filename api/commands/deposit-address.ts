import { findDepositAddress, type DepositAddress } from '../../db/fund/sub-accounts.ts';
import type { Caller } from '../auth/caller.ts';
import type { Dependencies } from '../dependencies.ts';
import { invalidInput, unavailable } from '../errors.ts';
import type { ApiSettings } from '../settings.ts';

export type AddressContext = Pick<Dependencies, 'knex' | 'deposits'> & {
  settings: Pick<ApiSettings, 'fund'>;
  caller: Pick<Caller, 'userId'>;
};

/**
 * Where the caller pays in on a network, or on the first that the fund takes; asked of the exchange once and the same from
 * then on. Throws `invalid_input` for another network, `unavailable` where there is none yet and nobody to ask.
 */
export async function depositAddress(
  { network: wanted }: { network: string | undefined },
  { knex, deposits, settings, caller: { userId } }: AddressContext,
): Promise<DepositAddress> {
  const { currency: asset, networks } = settings.fund;
  const network = wanted ?? networks[0];
  if (network === undefined || !networks.includes(network))
    throw invalidInput([{ field: 'network', message: `Must be one of ${networks.join(', ')}` }]);
  const of = { userId, asset, network };
  const known = await findDepositAddress(knex, of);
  if (known) return known;
  await deposits.openAddress({ userId, network });
  const opened = await findDepositAddress(knex, of);
  if (!opened) throw unavailable();
  return opened;
}
