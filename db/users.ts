import type { Knex } from 'knex';
import { recordAudit } from './audit.ts';
import type { Page } from './bots.ts';
import { exceptFund } from './fund/owner.ts';
import { Session } from './models/session.ts';
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
  user: NewUser,
  { address }: { address: string },
): Promise<User | null> {
  return knex.transaction(async (tx) => {
    const inserted = await insertUnrecorded(tx, user);
    if (!inserted) return null;
    const { id: userId } = inserted;
    await recordAudit(tx, { subject: `user/${userId}`, action: 'auth.register', userId, address });
    return inserted;
  });
}

/** As `insertUser`, for a transaction that has more to do before it records it. */
export async function insertUnrecorded(tx: Knex, user: NewUser): Promise<User | undefined> {
  const [inserted] = (await tx('users').insert(user).onConflict('email').ignore().returning('*')) as User[];
  return inserted;
}

type NewUser = Pick<User, 'email' | 'name' | 'password_hash' | 'created_at'>;

/** Newest first. */
export async function listUsers(knex: Knex, { skip, limit }: Page): Promise<UserRow[]> {
  return userRows(knex).orderBy('users.created_at', 'desc').orderBy('users.id').offset(skip).limit(limit);
}

/** The same, each with how many bots they have. */
export async function listUsersWithBots(
  knex: Knex,
  { skip, limit }: Page,
): Promise<(UserRow & { bots: number })[]> {
  const bots = knex('bots').whereRaw('bots.user_id = users.id').count().as('bots');
  return userRows(knex)
    .select(bots)
    .orderBy('users.created_at', 'desc')
    .orderBy('users.id')
    .offset(skip)
    .limit(limit) as Promise<(UserRow & { bots: number })[]>;
}

/** One of those who are listed. */
export async function findUserRow(knex: Knex, id: string): Promise<UserRow | undefined> {
  return userRows(knex).where({ 'users.id': id }).first();
}

function userRows(knex: Knex) {
  return exceptFund(knex('users'), 'users.id')
    .leftJoin('second_factors', 'second_factors.user_id', 'users.id')
    .select<UserRow[]>('users.*', knex.raw('second_factors.enabled_at IS NOT NULL AS has_second_factor'));
}

/** Those who can act as one. */
export async function countAdmins(knex: Knex): Promise<number> {
  return User.query(knex).where({ role: 'admin', disabled_at: null }).resultSize();
}

/**
 * The user's row, held until the transaction ends, so that their sessions change one after the other. False where the version
 * is not theirs any more, or they are disabled.
 */
export async function holdUser(tx: Knex, user: Pick<User, 'id' | 'token_version'>): Promise<boolean> {
  return (
    (await User.query(tx)
      .findOne({ ...user, disabled_at: null })
      .forNoKeyUpdate()) !== undefined
  );
}

/**
 * Sets the password and ends every session, with all the tokens there are. False where `tokenVersion` is not the user's any
 * more, or the session that asks has ended: another change was faster.
 */
export async function changeUserPassword(
  knex: Knex,
  {
    id,
    sessionId,
    tokenVersion,
    passwordHash,
    address,
    at,
  }: {
    id: string;
    sessionId: string;
    tokenVersion: number;
    passwordHash: string;
    address: string;
    at: Date;
  },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    if (!(await holdUser(tx, { id, token_version: tokenVersion }))) return false;
    const asking = Session.query(tx).findOne({ id: sessionId, user_id: id, ended_at: null });
    if (!(await asking.where('expires_at', '>', at).forUpdate())) return false;
    await User.query(tx)
      .findById(id)
      .patch({ password_hash: passwordHash, token_version: tokenVersion + 1 });
    await tx('sessions').where({ user_id: id, ended_at: null }).update({ ended_at: at });
    await recordAudit(tx, { subject: `user/${id}`, action: 'auth.change_password', userId: id, address });
    return true;
  });
}
