import type { Knex } from 'knex';
import { ExchangeAccount } from '../models/exchange-account.ts';

/** The fund's main account at its exchange; null where no fund has been set up. */
export async function findFundAccount(knex: Knex): Promise<ExchangeAccount | null> {
  const account = await ExchangeAccount.query(knex)
    .whereIn('user_id', knex('fund_state').select('owner_id'))
    // The one its bot trades with, where it has had several.
    .orderByRaw('id IN (SELECT exchange_account_id FROM bots) DESC, created_at DESC')
    .first();
  return account ?? null;
}
