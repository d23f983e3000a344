import type { Knex } from 'knex';

/** What comparing the ledger with the exchange came to. */
export interface Comparison {
  at: Date;
  /** A sentence each. */
  differences: string[];
}

/** In the place of the one before. */
export async function keepComparison(
  knex: Knex,
  { at, differences }: { at: number; differences: string[] },
): Promise<void> {
  await knex('fund_state').update({ compared_at: new Date(at), differences });
}

/** The newest; null before the first. */
export async function latestComparison(knex: Knex): Promise<Comparison | null> {
  const row = await knex('fund_state').first<{ compared_at: Date | null; differences: string[] | null }>();
  return row?.compared_at && row.differences ? { at: row.compared_at, differences: row.differences } : null;
}
