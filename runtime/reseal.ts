import type { Knex } from 'knex';
import { createSealer, type Sealer } from '../api/auth/sealer.ts';
import { openSecret, sealSecret } from '../api/auth/second-factor.ts';
import { ApiError } from '../api/errors.ts';
import type { ExchangeAccount } from '../db/models/exchange-account.ts';
import type { SecondFactor } from '../db/models/second-factor.ts';
import { createVault, VaultError, type Vault, type VaultKeys } from '../exchanges/vault.ts';

/** A table whose rows hold something sealed under the key that `sealed_key_id` names. */
export interface SealedTable {
  name: string;
  /** The column of its primary key. */
  id: string;
  /** The column that holds it. */
  column: string;
  /** What a row holds, sealed under the current key. Throws `VaultError` where it cannot be opened. */
  reseal(row: Record<string, unknown>): Sealed | Promise<Sealed>;
}

interface Sealed {
  sealed: Buffer | string;
  keyId: string;
}

/** Every sealed table: one line each. */
export function sealedTables(keys: VaultKeys): SealedTable[] {
  return [
    { name: 'exchange_accounts', id: 'id', column: 'sealed', reseal: resealKeys(createVault(keys)) },
    {
      name: 'second_factors',
      id: 'user_id',
      column: 'sealed_secret',
      reseal: resealFactor(createSealer(keys)),
    },
  ];
}

export interface Summary {
  /** Rows that were sealed anew. */
  resealed: number;
  /** Ids of rows that open under none of the keys; they are as they were. */
  unreadable: string[];
}

const BATCH = 100;

/**
 * Seals every row anew that is not under the current key, each in a statement of its own, on the condition that it is as it was
 * read: what somebody else writes meanwhile stands, and is looked at again. Goes through the table until nothing is left to do;
 * it may be ended at any moment and begun again, for a row is always whole and under one of the keys. `tell` hears of every batch.
 */
export async function reseal(
  knex: Knex,
  table: SealedTable,
  currentKeyId: string,
  tell: (resealed: number) => void = () => undefined,
): Promise<Summary> {
  let resealed = 0;
  for (;;) {
    const unreadable: string[] = [];
    let isDone = true;
    for await (const rows of batches(knex, table, currentKeyId)) {
      for (const row of rows) {
        const outcome = await resealRow(knex, table, row);
        if (outcome === 'unreadable') unreadable.push(String(row[table.id]));
        else isDone = false;
        if (outcome === 'resealed') resealed++;
      }
      tell(resealed);
    }
    if (isDone) return { resealed, unreadable };
  }
}

type Row = Record<string, unknown>;

async function* batches(
  knex: Knex,
  { name, id }: SealedTable,
  currentKeyId: string,
): AsyncGenerator<Row[], void> {
  let rows: Row[] = [];
  do {
    const query = knex(name).whereNot({ sealed_key_id: currentKeyId }).orderBy(id).limit(BATCH);
    const last = rows.at(-1);
    if (last) void query.where(id, '>', last[id] as string);
    rows = (await query) as Row[];
    if (rows.length > 0) yield rows;
  } while (rows.length === BATCH);
}

async function resealRow(
  knex: Knex,
  { name, id, column, reseal: sealAnew }: SealedTable,
  row: Row,
): Promise<'resealed' | 'changed' | 'unreadable'> {
  try {
    const { sealed, keyId } = await sealAnew(row);
    // Nothing else of the row changes: to who has opened it, it is the same.
    const written = await knex(name)
      .where({ [id]: row[id], [column]: row[column] })
      .update({ [column]: sealed, sealed_key_id: keyId });
    return written > 0 ? 'resealed' : 'changed';
  } catch (error) {
    if (error instanceof VaultError) return 'unreadable';
    throw error;
  }
}

function resealKeys(vault: Vault): SealedTable['reseal'] {
  return (row) => {
    const { id: accountId, user_id: userId, exchange, kind, sealed } = row as unknown as ExchangeAccount;
    const of = { accountId, userId, exchange, kind };
    return vault.seal(vault.open(sealed, of), of);
  };
}

function resealFactor(sealer: Sealer): SealedTable['reseal'] {
  return async (row) => {
    const factor = row as unknown as SecondFactor;
    const secret = await openSecret(factor, sealer).catch((error: unknown) => {
      throw error instanceof ApiError ? new VaultError('unreadable', error.message) : error;
    });
    return sealSecret(factor.user_id, secret, sealer);
  };
}
