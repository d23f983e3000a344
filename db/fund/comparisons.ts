import type { Knex } from 'knex';

/** What comparing the ledger with the exchange came to, the last time that it came to anything. */
export interface Comparison {
  at: Date;
  /** A sentence each. */
  differences: string[];
}

/** An execution at the exchange, by the order's id and its own. */
export interface Execution {
  clientOrderId: string;
  tradeId: string;
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

/** What the newest look found executed and not on record, in the place of what the one before had found. */
export async function keepUnrecorded(knex: Knex, executions: readonly Execution[]): Promise<void> {
  await knex('fund_state').update({ unrecorded: JSON.stringify(executions) });
}

/** True while something of it is not on record. */
export async function hasUnrecorded(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: [{ unrecorded: boolean }] }>(
    `SELECT EXISTS (SELECT FROM fund_state, jsonb_to_recordset(unrecorded) AS e("clientOrderId" text, "tradeId" text)
       WHERE NOT EXISTS (SELECT FROM fills
         WHERE client_order_id = e."clientOrderId" AND trade_id = e."tradeId")) AS unrecorded`,
  );
  return rows[0].unrecorded;
}
