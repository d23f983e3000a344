import type { Knex } from 'knex';
import { raw } from 'objection';
import { recordAudit } from './audit.ts';
import { deleteOlder } from './delete-older.ts';
import { RefreshToken } from './models/refresh-token.ts';
import { Session } from './models/session.ts';
import type { User } from './models/user.ts';
import { tokenHash } from './token-hash.ts';
import { holdUser } from './users.ts';

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
/** More places than anybody signs in at; of more the oldest end. */
const MAX_SESSIONS = 50;
/** So long a session goes on at most, however often it is refreshed. */
const MAX_SESSION = "interval '30 days'";
/** So long after a token was replaced the answer that says so may be asked for again. */
const GRACE_MS = 10_000;

/**
 * Opens a session of who signed in under that version of the user; the newest 50 of the user stay. False where the version is
 * not theirs any more, they are disabled, or the session was opened before.
 */
export async function insertSession(
  knex: Knex,
  { token_version, by, ...session }: NewSession,
  { token, expiresAt }: IssuedToken,
  now: Date,
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    if (!(await holdUser(tx, { id: session.user_id, token_version }))) return false;
    if (await Session.query(tx).findById(session.id)) return false;
    await endOldest(tx, session.user_id, now);
    const times = { created_at: now, last_seen_at: now, expires_at: expiresAt };
    await Session.query(tx).insert({ ...session, ...times });
    await insertRefreshToken(tx, session.id, token, now);
    const { id, user_id: userId, address } = session;
    const details = { session: id, by, ...(session.code_at && { second_factor: true }) };
    await recordAudit(tx, { subject: `user/${userId}`, action: 'auth.sign_in', userId, address, details });
    return true;
  });
}

type NewSession = Pick<Session, 'id' | 'user_id' | 'user_agent' | 'address'> &
  Partial<Pick<Session, 'code_at'>> &
  Pick<User, 'token_version'> & {
    /** What was shown to open it: `password`, or a provider's name. */
    by: string;
  };

/** Leaves room for one. */
async function endOldest(tx: Knex, userId: string, now: Date): Promise<void> {
  const beyond = newestLive(tx, userId, now)
    .offset(MAX_SESSIONS - 1)
    .select('id');
  await Session.query(tx).whereIn('id', beyond).patch({ ended_at: now });
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

/** What a session lets its user do at this moment. */
export type SessionRights = Pick<User, 'role' | 'token_version'>;

/** Those of the sessions that go on and whose users are not disabled, by id. */
export async function readRights(
  knex: Knex,
  ids: readonly string[],
  now: Date,
): Promise<Map<string, SessionRights>> {
  const rows: ({ id: string } & SessionRights)[] = await knex('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .whereIn('sessions.id', ids)
    .where({ 'sessions.ended_at': null, 'users.disabled_at': null })
    .where('sessions.expires_at', '>', now)
    .select('sessions.id', 'users.role', 'users.token_version');
  return new Map(rows.map(({ id, ...rights }) => [id, rights]));
}

/** Says that the session is in use; writes once a minute at most. */
export async function touchSession(
  knex: Knex,
  { id, last_seen_at }: Pick<Session, 'id' | 'last_seen_at'>,
  now: Date,
): Promise<void> {
  if (now.getTime() - last_seen_at.getTime() < SEEN_TO_MS) return;
  await Session.query(knex)
    .findById(id)
    .where('last_seen_at', '<=', new Date(now.getTime() - SEEN_TO_MS))
    .patch({ last_seen_at: now });
}

/** A user's newest 50, newest first. */
export async function listLiveSessions(knex: Knex, userId: string, now: Date): Promise<Session[]> {
  return newestLive(knex, userId, now).limit(MAX_SESSIONS);
}

function newestLive(knex: Knex, userId: string, now: Date) {
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
  return deleteOlder(knex, { table: 'sessions', time: 'expires_at', days });
}

/**
 * What became of a refresh token that was shown: `replaced` by the one that is given; `reused` where it had been replaced
 * before, which has ended its session; `unknown` where we did not issue it, or its session has ended.
 */
export type Use =
  | { became: 'used' | 'unknown' }
  | { became: 'replaced'; next: IssuedToken }
  | { became: 'reused'; session: Pick<Session, 'id' | 'user_id'> };

/**
 * Marks the token as used; with `replace` its successor takes its place. Of any number at once one alone does that. The
 * others, and whoever lost the answer, are given the same successor for 10 s, until it is used. Who shows the token after that
 * ends the session: one of two holders is not the user. `successor` makes the same token again for the same time.
 */
export async function useRefreshToken(
  knex: Knex,
  token: string,
  { replace, successor }: { replace: boolean; successor: (replacedAt: Date) => Promise<IssuedToken> },
  now: Date,
): Promise<Use> {
  return knex.transaction(async (tx) => {
    const shown = await RefreshToken.query(tx).findById(tokenHash(token)).forUpdate();
    if (!shown) return { became: 'unknown' };
    if (shown.rotated_at !== null) return repeat(tx, shown, await successor(shown.rotated_at), now);
    if (replace) return rotate(tx, shown, await successor(now), now);
    await RefreshToken.query(tx).findById(shown.token_hash).patch({ last_used_at: now });
    return { became: 'used' };
  });
}

async function rotate(tx: Knex, shown: RefreshToken, next: IssuedToken, now: Date): Promise<Use> {
  const goesOn = await Session.query(tx)
    .findById(shown.session_id)
    .whereNull('ended_at')
    .where('expires_at', '>', now)
    .patch({ expires_at: raw(`LEAST(?, created_at + ${MAX_SESSION})`, [next.expiresAt]) });
  if (goesOn === 0) return { became: 'unknown' };
  await RefreshToken.query(tx).findById(shown.token_hash).patch({ last_used_at: now, rotated_at: now });
  await insertRefreshToken(tx, shown.session_id, next.token, now);
  return { became: 'replaced', next };
}

/** The row of the successor is held as well: who uses it first waits, and then it is used. */
async function repeat(
  tx: Knex,
  { session_id: id, rotated_at }: RefreshToken,
  next: IssuedToken,
  now: Date,
): Promise<Use> {
  const unused = { token_hash: tokenHash(next.token), last_used_at: null, rotated_at: null };
  const isInGrace = rotated_at !== null && now.getTime() - rotated_at.getTime() < GRACE_MS;
  if (isInGrace && (await RefreshToken.query(tx).findOne(unused).forUpdate()))
    return { became: 'replaced', next };
  const [ended] = await Session.query(tx)
    .where({ id })
    .whereNull('ended_at')
    .patch({ ended_at: now })
    .returning(['id', 'user_id']);
  if (!ended) return { became: 'unknown' };
  const nobody = { userId: null, address: null, details: { session: id } };
  await recordAudit(tx, { subject: `user/${ended.user_id}`, action: 'session.reuse', ...nobody });
  return { became: 'reused', session: ended };
}

async function insertRefreshToken(tx: Knex, sessionId: string, token: string, now: Date): Promise<void> {
  await RefreshToken.query(tx).insert({
    token_hash: tokenHash(token),
    session_id: sessionId,
    issued_at: now,
  });
}
