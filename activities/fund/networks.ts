import { keepTerms } from '../../db/fund/networks.ts';
import type { VenueNetwork } from '../../exchanges/treasury.ts';
import type { FundDependencies } from './dependencies.ts';

/** Writes down what the exchange asks of withdrawals of the fund's currency, for those who have no keys to ask it with. */
export async function refreshTerms({ knex, treasury, settings, now }: FundDependencies): Promise<void> {
  const networks = await (await treasury()).networks(settings.currency);
  const terms = networks.map(({ network, ...said }: VenueNetwork) => ({
    ...{ asset: settings.currency, network, withdraw_enabled: said.withdrawEnabled },
    ...{ withdraw_fee: said.withdrawFee, withdraw_min: said.withdrawMin },
    withdraw_decimals: said.withdrawDecimals,
  }));
  await keepTerms(knex, terms, now());
}
