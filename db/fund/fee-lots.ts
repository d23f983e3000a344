import type { Knex } from 'knex';
import { takeFromLots, type Lot } from '../../bots/fund/fees.ts';
import type { Amount } from '../../bots/money.ts';

/** A holder and the lots their units are of, which add up to these. */
export interface HolderLots {
  userId: string;
  /** Not locked. */
  free: Amount;
  /** Oldest first. */
  lots: Lot[];
}

/**
 * Lots of the next so many holders after one, in the order of their ids: as they were when last charged, with what has been allotted since
 * and without what has gone, the oldest first. Deposits taken back are among that.
 */
export async function readLots(
  knex: Knex,
  { after, limit }: { after: string; limit: number },
): Promise<HolderLots[]> {
  const { rows } = await knex.raw<{
    rows: { userId: string; free: Amount; counted: Lot[]; added: Lot[]; gone: Amount }[];
  }>(LOTS, [after, limit]);
  return rows.map(({ userId, free, counted, added, gone }) => ({
    ...{ userId, free },
    lots: takeFromLots([...counted, ...added], gone),
  }));
}

/** Keeps lots as they are after a charge at the end of `countedTo`, a closing of the books. */
export async function keepLots(
  tx: Knex,
  holders: readonly Pick<HolderLots, 'userId' | 'lots'>[],
  countedTo: Date,
): Promise<void> {
  await tx.raw(
    `INSERT INTO fee_lots (user_id, counted_to, lots)
     SELECT n."userId", ?, n.lots FROM jsonb_to_recordset(?) AS n("userId" uuid, lots jsonb)
     ON CONFLICT (user_id) DO UPDATE SET counted_to = excluded.counted_to, lots = excluded.lots`,
    [countedTo, JSON.stringify(holders.map(({ userId, lots }) => ({ userId, lots })))],
  );
}

/**
 * Units are given for deposits, whose transaction says at which price, and for redemptions that came to nothing, at what
 * they are given for. What was charged as a fee is not in the lots any more; the entry of it is dated after the closing.
 */
const LOTS = `
SELECT h.user_id AS "userId", trim_scale(h.free) AS free, coalesce(h.lots, '[]') AS counted,
  coalesce(c.added, '[]') AS added, trim_scale(coalesce(c.gone, 0)) AS gone
FROM (
  SELECT b.user_id, b.units - b.locked_units AS free, l.counted_to, l.lots
  FROM balances b LEFT JOIN fee_lots l ON l.user_id = b.user_id
  WHERE b.units > 0 AND b.user_id > ? ORDER BY b.user_id LIMIT ?
) h LEFT JOIN LATERAL (
  SELECT -sum(e.units) FILTER (WHERE e.units < 0) AS gone,
    jsonb_agg(jsonb_build_object('units', trim_scale(e.units)::text, 'countedTo', (extract(epoch FROM e.at) * 1000)::bigint,
      'highWaterMark', trim_scale(CASE e.kind
        WHEN 'units_allotted' THEN (SELECT t.nav_per_unit FROM transactions t
          WHERE (t.type, t.external_id) = (e.transaction_type, e.transaction_external_id))
        ELSE round((SELECT sum(p.amount) FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
          WHERE p.entry_id = e.id AND a.kind = 'redemptions') / e.units, 18) END)::text)
      ORDER BY e.at, e.id) FILTER (WHERE e.units > 0) AS added
  FROM (
    SELECT e.*, sum(p.amount) AS units
    FROM ledger_accounts a JOIN postings p ON p.account_id = a.id AND p.asset = 'UNIT'
    JOIN journal_entries e ON e.id = p.entry_id
    WHERE a.user_id = h.user_id AND a.kind IN ('units', 'units-locked')
      AND p.at > coalesce(h.counted_to, '-infinity') AND e.kind <> 'fee_charged'
    GROUP BY e.id HAVING sum(p.amount) <> 0
  ) e
) c ON true
ORDER BY h.user_id`;
