import type { Knex } from 'knex';
import { UserIdentity } from './models/user-identity.ts';
import { User } from './models/user.ts';
import { insertUser } from './users.ts';

/** Whom a provider means. */
export type IdentityKey = Pick<UserIdentity, 'issuer' | 'subject'>;

export type NewIdentity = Pick<UserIdentity, 'provider' | 'issuer' | 'subject' | 'email' | 'created_at'>;

export async function findUserByIdentity(
  knex: Knex,
  { issuer, subject }: IdentityKey,
): Promise<User | undefined> {
  const owner = UserIdentity.query(knex).where({ issuer, subject }).select('user_id');
  return User.query(knex).where('id', 'in', owner).first();
}

/** A user's, the oldest first. */
export async function listIdentities(knex: Knex, userId: string): Promise<UserIdentity[]> {
  return UserIdentity.query(knex).where({ user_id: userId }).orderBy('created_at').orderBy('id');
}

/** The user's identity, new or as it was already; null where it is another user's. */
export async function linkIdentity(
  knex: Knex,
  userId: string,
  identity: NewIdentity,
): Promise<UserIdentity | null> {
  const linked = await insertIdentity(knex, userId, identity);
  if (linked) return linked;
  const { issuer, subject } = identity;
  return (await UserIdentity.query(knex).findOne({ issuer, subject, user_id: userId })) ?? null;
}

/** A user who signs in by that identity. Null, and nothing is written, where the address or the identity is somebody's already. */
export async function insertUserWithIdentity(
  knex: Knex,
  user: Pick<User, 'email' | 'name' | 'created_at'>,
  identity: NewIdentity,
): Promise<User | null> {
  return knex.transaction(async (tx) => {
    const inserted = await insertUser(tx, { ...user, password_hash: null });
    if (!inserted || (await insertIdentity(tx, inserted.id, identity))) return inserted;
    await User.query(tx).deleteById(inserted.id);
    return null;
  });
}

/**
 * Takes an identity from its user, unless they could not sign in any more: they have no password, and no other identity of
 * one of the `providers`.
 */
export async function deleteIdentity(
  knex: Knex,
  { userId, id, providers }: { userId: string; id: string; providers: readonly string[] },
): Promise<'deleted' | 'unknown' | 'last'> {
  return knex.transaction(async (tx) => {
    // One after the other: of two taken at once each would count on the other.
    const user = await User.query(tx).findById(userId).forUpdate();
    const identities = await listIdentities(tx, userId);
    if (!identities.some((identity) => identity.id === id)) return 'unknown';
    const others = identities.filter((one) => one.id !== id && providers.includes(one.provider));
    if (!user?.password_hash && others.length === 0) return 'last';
    await UserIdentity.query(tx).deleteById(id);
    return 'deleted';
  });
}

async function insertIdentity(
  knex: Knex,
  userId: string,
  identity: NewIdentity,
): Promise<UserIdentity | undefined> {
  const [inserted] = (await knex('user_identities')
    .insert({ ...identity, user_id: userId })
    .onConflict(['issuer', 'subject'])
    .ignore()
    .returning('*')) as UserIdentity[];
  return inserted;
}
