import type { Knex } from 'knex';
import { User, type Role } from './models/user.ts';
import type { UserRow } from './rows.ts';
import { findUserRow } from './users.ts';

/** What may be changed of a user who is not oneself. */
export type UserChange = { role: Role } | { disabled: boolean };

/**
 * Changes a user. `by` is the admin who does: locked with the user, so that of two admins who demote each other at once one
 * stays; somebody who is no admin any more changes nothing. Null: whoever runs this machine. Who is disabled has no session and
 * no token left, also once they are enabled again. Undefined where there is no such user.
 */
export async function changeUser(
  knex: Knex,
  { id, by, change, at }: { id: string; by: string | null; change: UserChange; at: Date },
): Promise<UserRow | 'not_admin' | undefined> {
  return knex.transaction(async (tx) => {
    const ids = by === null ? [id] : [id, by];
    const users = await User.query(tx).findByIds(ids).orderBy('id').forUpdate();
    const actor = users.find((user) => user.id === by);
    if (by !== null && (actor?.role !== 'admin' || actor.disabled_at)) return 'not_admin';
    const user = users.find((one) => one.id === id);
    if (!user) return undefined;
    if ('role' in change) await user.$query(tx).patch({ role: change.role });
    else if (change.disabled !== (user.disabled_at !== null))
      await (change.disabled ? disable(tx, user, at) : user.$query(tx).patch({ disabled_at: null }));
    return findUserRow(tx, id);
  });
}

async function disable(tx: Knex, user: User, at: Date): Promise<void> {
  await tx('sessions').where({ user_id: user.id, ended_at: null }).update({ ended_at: at });
  // A sign-in that is under way opens a session of the old version.
  await user.$query(tx).patch({ disabled_at: at, token_version: user.token_version + 1 });
}
