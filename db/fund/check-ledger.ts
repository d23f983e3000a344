import type { Knex } from 'knex';

/**
 * Adds up the whole ledger by itself, without what is kept beside it, and says what does not agree, a sentence each; none where all is
 * well. It reads every posting.
 */
export async function checkLedger(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { wrong: string }[] }>(CHECKS);
  return rows.map(({ wrong }) => wrong);
}

const CHECKS = `
WITH sums AS (
  SELECT a.name, a.kind, a.class, a.user_id, p.asset, sum(p.amount) AS amount
  FROM postings p JOIN ledger_accounts a ON a.id = p.account_id GROUP BY a.id, p.asset
), held AS (
  SELECT user_id, coalesce(sum(amount) FILTER (WHERE kind <> 'units-reserved'), 0) AS units,
    coalesce(sum(amount) FILTER (WHERE kind = 'units-locked'), 0) AS locked,
    coalesce(sum(amount) FILTER (WHERE kind = 'units-reserved'), 0) AS reserved
  FROM sums WHERE class = 'units' AND user_id IS NOT NULL GROUP BY 1
), outstanding AS (
  SELECT -coalesce(sum(amount), 0) AS units FROM sums WHERE kind IN ('units-issued', 'units-reserved')
)
SELECT format('%s sums to %s, not to zero', asset, sum(amount)) AS wrong FROM sums GROUP BY asset HAVING sum(amount) <> 0
UNION ALL SELECT format('Entry %s sums to %s %s', entry_id, sum(amount), asset)
  FROM postings GROUP BY entry_id, asset HAVING sum(amount) <> 0
UNION ALL SELECT format('%s has %s %s, less than nothing', name, amount, asset) FROM sums
  WHERE amount < 0 AND (class = 'holding' OR class = 'units' AND kind <> 'units-issued')
UNION ALL SELECT format('User %s has %s units, %s locked, %s reserved in balances, and %s, %s, %s in the ledger',
    user_id, b.units, locked_units, reserved_units, h.units, h.locked, h.reserved)
  FROM balances b FULL JOIN held h USING (user_id)
  WHERE (b.units, locked_units, reserved_units) IS DISTINCT FROM (h.units, h.locked, h.reserved)
UNION ALL SELECT format('Holders and fees have %s units together, and %s are outstanding', had.units, o.units)
  FROM outstanding o, (SELECT (SELECT coalesce(sum(units), 0) FROM balances)
    + (SELECT coalesce(sum(amount), 0) FROM sums WHERE kind = 'fee-units') AS units) had
  WHERE had.units <> o.units
UNION ALL SELECT format('The books closed at %s say %s %s of %s, and the postings %s', at, t.amount, asset, kind, p.amount)
  FROM (SELECT * FROM ledger_totals WHERE at = (SELECT max(at) FROM ledger_closings)) t
  FULL JOIN (
    SELECT a.kind, p.asset, sum(p.amount) AS amount FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
    WHERE p.at <= (SELECT max(at) FROM ledger_closings) GROUP BY 1, 2 HAVING sum(p.amount) <> 0
  ) p USING (kind, asset)
  WHERE t.amount IS DISTINCT FROM p.amount`;
