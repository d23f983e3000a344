import type { Knex } from 'knex';

/** An entry of the ledger about a withdrawal. */
export interface Entry {
  id: number;
  kind: string;
  /** `main -1500 USDC, transit +1500 USDC`. */
  postings: string;
}

/** In the order they were posted in. */
export async function entriesOf(knex: Knex, withdrawalId: string): Promise<Entry[]> {
  const { rows } = await knex.raw<{ rows: Entry[] }>(ENTRIES, [JSON.stringify({ withdrawal: withdrawalId })]);
  return rows;
}

const ENTRIES = `
SELECT e.id, e.kind, string_agg(concat(
    a.kind, CASE WHEN p.amount > 0 THEN ' +' ELSE ' ' END, trim_scale(p.amount), ' ', p.asset
  ), ', ' ORDER BY p.line) AS postings
FROM journal_entries e JOIN postings p ON p.entry_id = e.id JOIN ledger_accounts a ON a.id = p.account_id
WHERE e.refs @> ? GROUP BY e.id ORDER BY e.id`;
