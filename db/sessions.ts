import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { recordAudit } from './audit.ts';
import { RefreshToken } from './models/refresh-token.ts';
import { Session } from './models/session.ts';
import type { User } from './models/user.ts';

/** A session together with what its user may do at this moment. */
export type UserSession = Pick<Session, 'id' | 'user_id' | 'last_seen_at'> &
  Pick<User, 'email' | 'role' | 'token_version'>;

/** A refresh token that goes into the table, and until when it is good. */
export interface IssuedToken {
  token: string;
  expiresAt: Date;
}

/** So long may `last_seen_at` be behind. */
const SEEN_TO_MS = 60_000;

export async function insertSession(
  knex: Knex,
  session: Pick<Session, 'id' | 'user_id' | 'user_agent' | 'address'>,
  { token, expiresAt }: IssuedToken,
  now: Date,
): Promise<void> {
  await knex.transaction(async (tx) => {
    const times = { created_at: now, last_seen_at: now, expires_at: expiresAt };
    await Session.query(tx).insert({ ...session, ...times });
    await insertRefreshToken(tx, session.id, { token, expiresAt }, now);
    const { id, user_id: userId, address } = session;
    const signIn = { action: 'auth.sign_in', userId, address, details: { session: id } } as const;
    await recordAudit(tx, { subject: `user/${userId}`, ...signIn });
  });
}

/** The session, if it goes on and its user is not disabled. */
export async function findLiveSession(knex: Knex, id: string, now: Date): Promise<UserSession | undefined> {
  return knex('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where({ 'sessions.id': id, 'sessions.ended_at': null, 'users.disabled_at': null })
    .where('sessions.expires_at', '>', now)
    .first(
      ...['sessions.id', 'sessions.user_id', 'sessions.last_seen_at'],
      ...['users.email', 'users.role', 'users.token_version'],
    );
}

/** Says that the session is in use; writes once a minute at most. */
export async function touchSession(
  knex: Knex,
  { id, last_seen_at }: Pick<Session, 'id' | 'last_seen_at'>,
  now: Date,
): Promise<void> {
  if (now.getTime() - last_seen_at.getTime() < SEEN_TO_MS) return;
  await Session.query(knex).findById(id).patch({ last_seen_at: now });
}

/** A user's, newest first. */
export async function listLiveSessions(knex: Knex, userId: string, now: Date): Promise<Session[]> {
  return Session.query(knex)
    .where({ user_id: userId })
    .whereNull('ended_at')
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id');
}

/** A user's word that a session of theirs is over; without `id` it is about all of them. */
export interface SessionsEnd {
  action: 'auth.sign_out' | 'session.end' | 'session.end_all';
  userId: string;
  address: string;
  id?: string;
}

/** Ends one session of the user, or all of them; returns how many went on until now. */
export async function endSessions(
  knex: Knex,
  { action, userId, address, id }: SessionsEnd,
  now: Date,
): Promise<number> {
  return knex.transaction(async (tx) => {
    const sessions = Session.query(tx).where({ user_id: userId }).whereNull('ended_at');
    if (id !== undefined) void sessions.where({ id });
    const ended = await sessions.where('expires_at', '>', now).patch({ ended_at: now });
    const details = id === undefined ? { sessions: ended } : { session: id };
    if (ended > 0) await recordAudit(tx, { subject: `user/${userId}`, action, userId, address, details });
    return ended;
  });
}

/** Sessions whose tokens have all run out are forgotten after `days`; returns how many. */
export async function deleteOldSessions(knex: Knex, days: number): Promise<number> {
  return Session.query(knex).delete().whereRaw('expires_at < now() - make_interval(days => ?)', [days]);
}

/** What became of a refresh token that was shown: `unknown` where we did not issue it, `reused` where another took its place. */
export type Use = 'used' | 'rotated' | 'reused' | 'unknown';

/**
 * Marks the token as used; where a `next` is given, it takes the token's place. Of any number at once one alone does
 * that: to the others the token is reused, which ends the session for whoever holds it.
 */
export async function useRefreshToken(
  knex: Knex,
  { token, next }: { token: string; next: IssuedToken | null },
  now: Date,
): Promise<Use> {
  return knex.transaction(async (tx) => {
    const [used] = await RefreshToken.query(tx)
      .where({ token_hash: hashOf(token) })
      .whereNull('rotated_at')
      .patch({ last_used_at: now, ...(next && { rotated_at: now }) })
      .returning('*');
    if (!used) return endReused(tx, token, now);
    if (!next) return 'used';
    await Session.query(tx).findById(used.session_id).patch({ expires_at: next.expiresAt });
    await insertRefreshToken(tx, used.session_id, next, now);
    return 'rotated';
  });
}

async function endReused(tx: Knex, token: string, now: Date): Promise<Use> {
  const reused = await RefreshToken.query(tx).findOne({ token_hash: hashOf(token) });
  if (!reused) return 'unknown';
  const [ended] = await Session.query(tx)
    .where({ id: reused.session_id })
    .whereNull('ended_at')
    .patch({ ended_at: now })
    .returning('*');
  if (ended) {
    const nobody = { userId: null, address: null, details: { session: ended.id } };
    await recordAudit(tx, { subject: `user/${ended.user_id}`, action: 'session.reuse', ...nobody });
  }
  return 'reused';
}

async function insertRefreshToken(
  tx: Knex,
  sessionId: string,
  { token, expiresAt }: IssuedToken,
  now: Date,
): Promise<void> {
  const times = { issued_at: now, expires_at: expiresAt };
  await RefreshToken.query(tx).insert({ token_hash: hashOf(token), session_id: sessionId, ...times });
}

/** Tokens are long and random: a fast hash keeps them. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
