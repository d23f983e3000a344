import type { Knex } from 'knex';
import { recordAudit, type AuditEntry, type By } from '../audit.ts';

/** A line of a holder's address book. */
export interface WithdrawalAddress {
  id: string;
  user_id: string;
  network: string;
  address: string;
  tag: string | null;
  label: string;
  created_at: Date;
}

/** The oldest first. */
export async function listAddresses(knex: Knex, userId: string): Promise<WithdrawalAddress[]> {
  return knex<WithdrawalAddress>('withdrawal_addresses')
    .where({ user_id: userId })
    .orderBy('created_at')
    .orderBy('id');
}

/** Since when an address is in the book, epoch ms; null where it is not. */
export async function addressAddedAt(
  knex: Knex,
  { userId, ...place }: { userId: string; network: string; address: string; tag: string | null },
): Promise<number | null> {
  const row = await knex<WithdrawalAddress>('withdrawal_addresses')
    .where({ user_id: userId, ...place })
    .first('created_at');
  return row?.created_at.getTime() ?? null;
}

/** Null where the book has the address already. */
export async function insertAddress(
  knex: Knex,
  address: Omit<WithdrawalAddress, 'id'>,
  by: By,
): Promise<WithdrawalAddress | null> {
  return knex.transaction(async (tx) => {
    const [inserted] = (await tx('withdrawal_addresses')
      .insert(address)
      .onConflict(['user_id', 'network', 'address', 'tag'])
      .ignore()
      .returning('*')) as WithdrawalAddress[];
    if (!inserted) return null;
    await recordAudit(tx, entryOf('withdrawal_address.add', inserted, by));
    return inserted;
  });
}

/** False where the book has none of that id. */
export async function deleteAddress(
  knex: Knex,
  { id, userId }: { id: string; userId: string },
  by: By,
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const [deleted] = await tx<WithdrawalAddress>('withdrawal_addresses')
      .where({ id, user_id: userId })
      .delete()
      .returning('*');
    if (!deleted) return false;
    await recordAudit(tx, entryOf('withdrawal_address.remove', deleted, by));
    return true;
  });
}

function entryOf(
  action: 'withdrawal_address.add' | 'withdrawal_address.remove',
  { id, user_id, network }: WithdrawalAddress,
  by: By,
): AuditEntry {
  return {
    ...{ subject: `user/${user_id}` as const, action, ...by, target: `withdrawal_address/${id}` },
    details: { network },
  };
}
