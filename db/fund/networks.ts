import type { Knex } from 'knex';
import type { Amount } from '../../bots/money.ts';

/** What the exchange asks of a withdrawal on a network. */
export interface WithdrawalTerms {
  asset: string;
  network: string;
  withdraw_enabled: boolean;
  /** Taken out of the amount. */
  withdraw_fee: Amount;
  withdraw_min: Amount;
  /** Most digits after the point. */
  withdraw_decimals: number;
}

/** In the place of what was said before. */
export async function keepTerms(knex: Knex, terms: WithdrawalTerms[], at: number): Promise<void> {
  if (terms.length === 0) return;
  await knex('fund_networks')
    .insert(terms.map((each) => ({ ...each, read_at: new Date(at) })))
    .onConflict(['asset', 'network'])
    .merge();
}

/** As the exchange last said; null where it has not been asked yet, or has no such network. */
export async function findTerms(
  knex: Knex,
  { asset, network }: { asset: string; network: string },
): Promise<WithdrawalTerms | null> {
  const row = await knex('fund_networks').where({ asset, network }).first<WithdrawalTerms | undefined>();
  return row ?? null;
}
