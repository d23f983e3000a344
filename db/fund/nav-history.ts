import type { Knex } from 'knex';
import { valuationOf, type Marks, type Valuation } from '../../bots/fund/valuation.ts';
import type { Amount } from '../../bots/money.ts';
import { closeLedger, ledgerTotals } from './ledger-balances.ts';

export type NavReason = 'trade' | 'deposit' | 'withdrawal' | 'sync';

/** A row of `nav_history`. */
export interface NavRow {
  id: number;
  nav_per_unit: Amount;
  total_value: Amount;
  total_units: Amount;
  reason: NavReason;
  /** The books were closed then: the row can be computed again from its marks for ever. */
  recorded_at: Date;
  marks: Marks;
  /** Why nothing may be dealt at it; null where it is final. */
  provisional_because: string | null;
}

export interface ValuationOf {
  /** Epoch ms. */
  at: number;
  marks: Marks;
  /** The fund's currency. */
  currency: string;
  initialPrice: Amount;
}

/** What the fund was worth at a moment (epoch ms, inclusive), as the ledger is now. Throws `MissingMark` and `NoPrice`. */
export async function valueFund(knex: Knex, { at, ...rest }: ValuationOf): Promise<Valuation> {
  return valuationOf({ ...rest, totals: await ledgerTotals(knex, at) });
}

/**
 * The official valuation: closes the books, values what they say, and writes it down. Throws `MissingMark` and `NoPrice`, with the
 * books closed and nothing written.
 */
export async function recordValuation(
  knex: Knex,
  {
    reason,
    provisionalBecause,
    ...of
  }: ValuationOf & { reason: NavReason; provisionalBecause: string | null },
): Promise<NavRow> {
  const at = await closeLedger(knex, of.at);
  const { value, units, price } = await valueFund(knex, { ...of, at });
  const [row] = await knex<NavRow>('nav_history')
    .insert({
      ...{ nav_per_unit: price, total_value: value, total_units: units, reason },
      ...{ recorded_at: new Date(at), provisional_because: provisionalBecause },
      marks: JSON.stringify(of.marks) as unknown as Marks,
    })
    .returning('*');
  return row!;
}

/** The newest valuation; null where there is none yet. `isFinal` leaves out those nothing may be dealt at. */
export async function latestValuation(knex: Knex, { isFinal = false } = {}): Promise<NavRow | null> {
  const query = knex<NavRow>('nav_history').orderBy('recorded_at', 'desc').orderBy('id', 'desc');
  if (isFinal) void query.whereNull('provisional_because');
  return (await query.first()) ?? null;
}

/** True where the newest valuation is final, made at or after `since` (epoch ms), and counts all that has been posted. */
export async function isValued(knex: Knex, { since }: { since: number }): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: [{ valued: boolean }] }>(
    `SELECT coalesce((
       SELECT provisional_because IS NULL AND recorded_at >= ?
         AND NOT EXISTS (SELECT FROM postings p WHERE p.at > n.recorded_at)
       FROM nav_history n ORDER BY recorded_at DESC, id DESC LIMIT 1
     ), false) AS valued`,
    [new Date(since)],
  );
  return rows[0].valued;
}
