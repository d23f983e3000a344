import type { Knex } from 'knex';
import { recordAudit } from './audit.ts';
import type { Page } from './bots.ts';
import { User } from './models/user.ts';

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
  { address }: { address: string },
): Promise<User | null> {
  return knex.transaction(async (tx) => {
    const [inserted] = (await tx('users').insert(user).onConflict('email').ignore().returning('*')) as User[];
    if (!inserted) return null;
    const { id: userId } = inserted;
    await recordAudit(tx, { subject: `user/${userId}`, action: 'auth.register', userId, address });
    return inserted;
  });
}

/** Newest first. */
export async function listUsers(knex: Knex, { skip, limit }: Page): Promise<User[]> {
  return User.query(knex).orderBy('created_at', 'desc').orderBy('id').offset(skip).limit(limit);
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
    address,
    at,
  }: { id: string; tokenVersion: number; passwordHash: string; address: string; at: Date },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const changed = await User.query(tx)
      .findById(id)
      .where({ token_version: tokenVersion })
      .patch({ password_hash: passwordHash, token_version: tokenVersion + 1 });
    if (changed === 0) return false;
    await tx('sessions').where({ user_id: id, ended_at: null }).update({ ended_at: at });
    await recordAudit(tx, { subject: `user/${id}`, action: 'auth.change_password', userId: id, address });
    return true;
  });
}
