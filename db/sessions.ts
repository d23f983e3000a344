import type { Knex } from 'knex';
import { RefreshToken } from './models/refresh-token.ts';
import { Session } from './models/session.ts';
import type { User } from './models/user.ts';
import { tokenHash } from './token-hash.ts';

/** A session together with what its user may do at this moment. */
export type UserSession = Pick<Session, 'id' | 'user_id' | 'created_at' | 'last_seen_at' | 'code_at'> &
  Pick<User, 'email' | 'role' | 'token_version'> & { has_second_factor: boolean };

/** A refresh token that goes into the table, and until when it is good. */
export interface IssuedToken {
  token: string;
  expiresAt: Date;
}

/** So long may `last_seen_at` be behind. */
const SEEN_TO_MS = 60_000;

/** False where the session was opened before. */
export async function insertSession(
  knex: Knex,
  session: Pick<Session, 'id' | 'user_id' | 'user_agent' | 'address'> & Partial<Pick<Session, 'code_at'>>,
  { token, expiresAt }: IssuedToken,
  now: Date,
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const times = { created_at: now, last_seen_at: now, expires_at: expiresAt };
    const opened = await tx('sessions')
      .insert({ ...session, ...times })
      .onConflict('id')
      .ignore()
      .returning('id');
    if (opened.length === 0) return false;
    await insertRefreshToken(tx, session.id, { token, expiresAt }, now);
    return true;
  });
}

/** The session, if it goes on and its user is not disabled. */
export async function findLiveSession(knex: Knex, id: string, now: Date): Promise<UserSession | undefined> {
  return knex('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .leftJoin('second_factors', 'second_factors.user_id', 'sessions.user_id')
    .where({ 'sessions.id': id, 'sessions.ended_at': null, 'users.disabled_at': null })
    .where('sessions.expires_at', '>', now)
    .first(
      ...['sessions.id', 'sessions.user_id', 'sessions.created_at', 'sessions.last_seen_at'],
      'sessions.code_at',
      ...['users.email', 'users.role', 'users.token_version'],
      knex.raw('second_factors.enabled_at IS NOT NULL AS has_second_factor'),
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

/** Ends one session of the user, or all of them; returns how many went on until now. */
export async function endSessions(
  knex: Knex,
  { userId, id }: { userId: string; id?: string },
  now: Date,
): Promise<number> {
  const sessions = Session.query(knex).where({ user_id: userId }).whereNull('ended_at');
  if (id !== undefined) void sessions.where({ id });
  return sessions.where('expires_at', '>', now).patch({ ended_at: now });
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
      .where({ token_hash: tokenHash(token) })
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
  const reused = await RefreshToken.query(tx).findOne({ token_hash: tokenHash(token) });
  if (!reused) return 'unknown';
  await Session.query(tx).findById(reused.session_id).whereNull('ended_at').patch({ ended_at: now });
  return 'reused';
}

async function insertRefreshToken(
  tx: Knex,
  sessionId: string,
  { token, expiresAt }: IssuedToken,
  now: Date,
): Promise<void> {
  const times = { issued_at: now, expires_at: expiresAt };
  await RefreshToken.query(tx).insert({ token_hash: tokenHash(token), session_id: sessionId, ...times });
}
