import type { Knex } from 'knex';
import { LEDGER_DECIMALS, type Entry } from '../../bots/fund/postings.ts';
import { Decimal, type Amount } from '../../bots/money.ts';

export type TransactionType = 'deposit' | 'withdrawal' | 'transfer' | 'fee' | 'adjustment';
export type TransactionStatus =
  'pending' | 'processing' | 'completed' | 'kept' | 'cancelled' | 'failed' | 'reversed';

/** The row of `transactions` that tells people of an entry; a later entry of the same (type, externalId) moves it on. */
export interface Told {
  /** Null for what is nobody's. */
  userId: string | null;
  type: TransactionType;
  asset: string;
  /** Never negative but for an adjustment. */
  amount: Amount;
  /** Null leaves what is there. */
  units: Amount | null;
  navPerUnit: Amount | null;
  status: TransactionStatus;
  externalId: string;
}

export interface NewEntry extends Entry {
  /** Says what happened, once and for all: `deposit/<id>/allotted`. At most 160 characters. */
  key: string;
  /** Epoch ms. One ahead of the database's clock is dated by that; an entry that comes after the books were closed, 1 ms after that. */
  at: number;
  /** What it belongs to, as `{ deposit: '<id>' }`. No secret. */
  refs?: Record<string, string | number>;
  /** Must be given where units change. */
  transaction?: Told;
}

export interface Posted {
  /** False where the key had been posted before: nothing was changed. */
  posted: boolean;
  entryId: number;
  /** When the entry is dated, epoch ms. */
  at: number;
}

/** The key belongs to an entry of another kind or with other postings. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused';
}

/** A holder has not so many free, locked or reserved units. Nothing was posted. */
export class UnitsOverdrawn extends Error {
  override readonly name = 'UnitsOverdrawn';
}

/** No units are allotted and no redemption is fixed until somebody has found out what is wrong. Nothing was posted. */
export class DealingFrozen extends Error {
  override readonly name = 'DealingFrozen';
}

/**
 * Posts an entry in one round trip, by itself or in a transaction (then what fails ends the transaction). Repeated, it changes nothing.
 * Throws `KeyReused`, `UnitsOverdrawn`, `DealingFrozen`.
 */
export async function postEntry(knex: Knex, entry: NewEntry): Promise<Posted> {
  const { key, kind, at, refs = {}, postings, transaction } = entry;
  refuseFinerAmounts(entry);
  const values = [
    ...[key, kind, new Date(at), JSON.stringify(refs), JSON.stringify(postings)],
    transaction ? JSON.stringify(transaction) : null,
  ];
  try {
    const { rows } = await knex.raw<{ rows: [{ entry_id: number; posted: boolean; dated: Date }] }>(
      'SELECT * FROM post_entry(?, ?, ?, ?, ?, ?)',
      values,
    );
    const { entry_id: entryId, posted, dated } = rows[0];
    return { posted, entryId, at: dated.getTime() };
  } catch (error) {
    throw namedError(error);
  }
}

/** Posts many as `postEntry` does one, in one round trip together. */
export async function postEntries(tx: Knex, entries: readonly NewEntry[]): Promise<void> {
  entries.forEach(refuseFinerAmounts);
  const rows = entries.map(({ key, kind, at, refs = {}, postings, transaction = null }) => ({
    ...{ key, kind, at: new Date(at), refs, postings, told: transaction },
  }));
  try {
    await tx.raw(
      `SELECT count(posted.entry_id) FROM jsonb_to_recordset(?)
         AS n(key text, kind text, at timestamptz, refs jsonb, postings jsonb, told jsonb),
       LATERAL post_entry(n.key, n.kind, n.at, n.refs, n.postings, n.told) posted`,
      [JSON.stringify(rows)],
    );
  } catch (error) {
    throw namedError(error);
  }
}

function refuseFinerAmounts({ postings }: NewEntry): void {
  if (postings.some(({ amount }) => new Decimal(amount).decimalPlaces() > LEDGER_DECIMALS))
    throw new RangeError(`An amount of the ledger has at most ${LEDGER_DECIMALS} decimals`);
}

function namedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint } = error as Error & { code?: string; constraint?: string };
  const options = { cause: error };
  if (code === 'PF001')
    return new KeyReused('An entry with this key has been posted with other postings', options);
  if (code === 'PF002') return new DealingFrozen('Dealing is frozen', options);
  if (constraint && OVERDRAWN.has(constraint))
    return new UnitsOverdrawn('There are not so many units', options);
  return error;
}

const OVERDRAWN: ReadonlySet<string> = new Set([
  'balances_units_check',
  'balances_locked_units_check',
  'balances_reserved_units_check',
]);
