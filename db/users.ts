import type { Knex } from 'knex';
import type { Page } from './bots.ts';
import { User } from './models/user.ts';
import type { UserRow } from './rows.ts';

/** `email` as it is stored: trimmed and lower-case. */
export async function findUserByEmail(knex: Knex, email: string): Promise<User | undefined> {
  return User.query(knex).findOne({ email });
}

export async function findUser(knex: Knex, id: string): Promise<User | undefined> {
  return User.query(knex).findById(id);
}

/** Null where the address is somebody's already; the database decides between two at once. */
export async function insertUser(
  knex: Knex,
  user: Pick<User, 'email' | 'name' | 'password_hash' | 'created_at'>,
): Promise<User | null> {
  const [inserted] = (await knex('users').insert(user).onConflict('email').ignore().returning('*')) as User[];
  return inserted ?? null;
}

/** Newest first. */
export async function listUsers(knex: Knex, { skip, limit }: Page): Promise<UserRow[]> {
  return userRows(knex).orderBy('users.created_at', 'desc').orderBy('users.id').offset(skip).limit(limit);
}

/** One of those who are listed. */
export async function findUserRow(knex: Knex, id: string): Promise<UserRow | undefined> {
  return userRows(knex).where({ 'users.id': id }).first();
}

function userRows(knex: Knex) {
  return knex('users')
    .leftJoin('second_factors', 'second_factors.user_id', 'users.id')
    .select<UserRow[]>('users.*', knex.raw('second_factors.enabled_at IS NOT NULL AS has_second_factor'));
}

/** Those who can act as one. */
export async function countAdmins(knex: Knex): Promise<number> {
  return User.query(knex).where({ role: 'admin', disabled_at: null }).resultSize();
}

/**
 * Sets the password and ends every session, with all the tokens there are. False where `tokenVersion` is not the user's any
 * more: another change was faster.
 */
export async function changeUserPassword(
  knex: Knex,
  {
    id,
    tokenVersion,
    passwordHash,
    at,
  }: { id: string; tokenVersion: number; passwordHash: string; at: Date },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const changed = await User.query(tx)
      .findById(id)
      .where({ token_version: tokenVersion })
      .patch({ password_hash: passwordHash, token_version: tokenVersion + 1 });
    if (changed === 0) return false;
    await tx('sessions').where({ user_id: id, ended_at: null }).update({ ended_at: at });
    return true;
  });
}
