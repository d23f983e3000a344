import type { Knex } from 'knex';
import type { Amount } from '../../bots/money.ts';
import { statementOf, type HolderEntry, type Statement } from '../../bots/fund/statement.ts';

/** A holder's row of `balances`. */
export interface UnitBalance {
  /** Free and locked ones. */
  units: Amount;
  locked: Amount;
  /** Given up for approved withdrawals that are not paid yet; not in `units`. */
  reserved: Amount;
}

export interface Portfolio extends UnitBalance {
  /** Of the newest valuation; null before the first. */
  navPerUnit: Amount | null;
  /** What units were allotted for. */
  deposited: Amount;
  /** What was paid out, the network's fees in it. */
  withdrawn: Amount;
  /** Approved withdrawals that are not paid yet. */
  owed: Amount;
  /** Units taken as fees so far; not in `units`. */
  feeUnits: Amount;
  /** When the newest valuation was made; null before the first. */
  valuedAt: Date | null;
}

/** What is theirs, in one round trip. A user who never dealt has nothing. */
export async function readPortfolio(knex: Knex, userId: string): Promise<Portfolio> {
  const { rows } = await knex.raw<{ rows: [Portfolio] }>(PORTFOLIO, [userId, userId]);
  return rows[0];
}

const PORTFOLIO = `
SELECT trim_scale(coalesce(b.units, 0)) AS units, trim_scale(coalesce(b.locked_units, 0)) AS locked,
  trim_scale(coalesce(b.reserved_units, 0)) AS reserved, trim_scale(nav.nav_per_unit) AS "navPerUnit",
  trim_scale(sums.deposited) AS deposited, trim_scale(sums.withdrawn) AS withdrawn,
  trim_scale(sums.owed) AS owed, trim_scale(sums.fee_units) AS "feeUnits", nav.recorded_at AS "valuedAt"
FROM (
  SELECT coalesce(sum(amount) FILTER (WHERE type = 'deposit' AND status = 'completed'), 0) AS deposited,
    coalesce(sum(amount) FILTER (WHERE type = 'withdrawal' AND status = 'completed'), 0) AS withdrawn,
    coalesce(sum(amount) FILTER (WHERE type = 'withdrawal' AND status = 'processing'), 0) AS owed,
    coalesce(sum(units) FILTER (WHERE type = 'fee'), 0) AS fee_units
  FROM transactions WHERE user_id = ?
) sums
LEFT JOIN balances b ON b.user_id = ?
LEFT JOIN (SELECT nav_per_unit, recorded_at FROM nav_history ORDER BY recorded_at DESC, id DESC LIMIT 1) nav ON true`;

/** What happened to what is theirs from `from` to `to`, epoch ms, both inclusive, null for no bound; in one currency. */
export async function readStatement(
  knex: Knex,
  {
    userId,
    currency,
    from,
    to,
  }: { userId: string; currency: string; from: number | null; to: number | null },
): Promise<Statement> {
  const entries = await holderEntries(knex, userId, to);
  const earlier = entries.filter(({ at }) => from !== null && at < from);
  const opening = statementOf(NOTHING, earlier, currency).closing;
  return statementOf(opening, entries.slice(earlier.length), currency);
}

const NOTHING = { units: '0', owed: '0' };

/** What each entry did to the holder's accounts, oldest first, up to a moment (epoch ms, inclusive; null: to the end). */
async function holderEntries(knex: Knex, userId: string, to: number | null): Promise<HolderEntry[]> {
  const { rows } = await knex.raw<{ rows: (Omit<HolderEntry, 'at'> & { at: Date })[] }>(
    `SELECT e.id, e.kind, e.at, e.transaction_external_id AS reference,
       CASE WHEN e.kind IN ('units_allotted', 'redemption_fixed', 'fee_charged') THEN trim_scale(t.nav_per_unit) END AS price,
       jsonb_agg(jsonb_build_object('kind', a.kind, 'asset', p.asset, 'amount', p.amount::text) ORDER BY p.line) AS changes
     FROM ledger_accounts a JOIN postings p ON p.account_id = a.id JOIN journal_entries e ON e.id = p.entry_id
     LEFT JOIN transactions t ON (t.type, t.external_id) = (e.transaction_type, e.transaction_external_id)
     WHERE a.user_id = ? AND p.at <= coalesce(?, 'infinity'::timestamptz)
     GROUP BY e.id, t.id ORDER BY e.at, e.id`,
    [userId, to === null ? null : new Date(to)],
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}
