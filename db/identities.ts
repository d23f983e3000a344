import type { Knex } from 'knex';
import { recordAudit, type AuditEntry, type By } from './audit.ts';
import { UserIdentity } from './models/user-identity.ts';
import { User } from './models/user.ts';
import { insertUnrecorded } from './users.ts';

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
  by: By,
): Promise<UserIdentity | null> {
  return knex.transaction(async (tx) => {
    const { issuer, subject } = identity;
    const linked = await insertIdentity(tx, userId, identity);
    if (!linked) return (await UserIdentity.query(tx).findOne({ issuer, subject, user_id: userId })) ?? null;
    await recordAudit(tx, entryOf('identity.link', userId, linked, by));
    return linked;
  });
}

/** A user who signs in by that identity. Null, and nothing is written, where the address or the identity is somebody's already. */
export async function insertUserWithIdentity(
  knex: Knex,
  user: Pick<User, 'email' | 'name' | 'created_at'>,
  identity: NewIdentity,
  { address }: { address: string },
): Promise<User | null> {
  return knex.transaction(async (tx) => {
    const inserted = await insertUnrecorded(tx, { ...user, password_hash: null });
    if (!inserted) return null;
    const { id: userId } = inserted;
    const linked = await insertIdentity(tx, userId, identity);
    if (!linked) {
      await User.query(tx).deleteById(userId);
      return null;
    }
    const registration = { subject: `user/${userId}`, action: 'auth.register', userId, address } as const;
    await recordAudit(tx, registration, entryOf('identity.link', userId, linked, { userId, address }));
    return inserted;
  });
}

/**
 * Takes an identity from its user, unless they could not sign in any more: they have no password, and no other identity of
 * one of the `providers`.
 */
export async function deleteIdentity(
  knex: Knex,
  { userId, id, providers, by }: { userId: string; id: string; providers: readonly string[]; by: By },
): Promise<'deleted' | 'unknown' | 'last'> {
  return knex.transaction(async (tx) => {
    // One after the other: of two taken at once each would count on the other.
    const user = await User.query(tx).findById(userId).forUpdate();
    const identities = await listIdentities(tx, userId);
    const identity = identities.find((one) => one.id === id);
    if (!identity) return 'unknown';
    const others = identities.filter((one) => one.id !== id && providers.includes(one.provider));
    if (!user?.password_hash && others.length === 0) return 'last';
    await UserIdentity.query(tx).deleteById(id);
    await recordAudit(tx, entryOf('identity.unlink', userId, identity, by));
    return 'deleted';
  });
}

function entryOf(
  action: 'identity.link' | 'identity.unlink',
  userId: string,
  { provider }: Pick<UserIdentity, 'provider'>,
  by: By,
): AuditEntry {
  return { subject: `user/${userId}`, action, ...by, details: { provider } };
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
