import type { Knex } from 'knex';
import { User } from '../models/user.ts';

/**
 * The id of the user whose the fund's exchange account and bot are; made when missing, by however many processes at once. Nobody
 * signs in as it: it has neither address nor password.
 */
export async function ensureFundOwner(knex: Knex): Promise<string> {
  return knex.transaction(async (tx) => {
    const state = await tx('fund_state').forUpdate().first<{ owner_id: string | null }>('owner_id');
    if (state.owner_id !== null) return state.owner_id;
    const { id } = await User.query(tx).insert({ name: 'Fund' }).returning('*');
    await tx('fund_state').update({ owner_id: id });
    return id;
  });
}

/** Null where there is no fund yet. */
export async function readFundOwner(knex: Knex): Promise<string | null> {
  const state = await knex('fund_state').first<{ owner_id: string | null } | undefined>('owner_id');
  return state?.owner_id ?? null;
}

/** Leaves out what is the fund's by its column: it has doors of its own. */
export function exceptFund<Q extends Knex.QueryBuilder>(query: Q, column: string): Q {
  // Nobody's rows stay, and all where there is no fund.
  return query.whereRaw('(?? = (SELECT owner_id FROM fund_state)) IS NOT TRUE', [column]) as Q;
}
