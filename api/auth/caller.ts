import type { Knex } from 'knex';
import type { Role } from '../../db/models/user.ts';
import { findLiveSession, touchSession } from '../../db/sessions.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

/** Who sends a request, as the database has it at this moment. */
export interface Caller {
  userId: string;
  email: string;
  role: Role;
  sessionId: string;
  /** When the session was opened. */
  signedInAt: Date;
  tokenVersion: number;
  /** Whether two-factor authentication is on. */
  hasSecondFactor: boolean;
  /** When a code was last accepted in this session. */
  codeAt: Date | null;
}

/**
 * The caller by the request's `Authorization` header. Session and user are read with every request: logout, disabling and a
 * change of the role act at once, whatever the token says. Throws `unauthenticated` where no token is sent, `invalid_token`
 * where it is not good.
 */
export async function callerOf(
  authorization: string,
  { knex, identity: { tokens, now } }: Pick<Dependencies, 'knex' | 'identity'>,
): Promise<Caller> {
  if (authorization === '') throw unauthenticated();
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  const subject = token === undefined ? null : await tokens.verify('access', token);
  if (!subject) throw invalidToken();
  const caller = await callerOfSession(subject, { knex, now });
  if (caller?.tokenVersion !== subject.version) throw invalidToken();
  return caller;
}

/** Whose session it is, if it goes on and is that user's; else null. */
export async function callerOfSession(
  { userId, sessionId }: Pick<Caller, 'userId' | 'sessionId'>,
  { knex, now }: { knex: Knex; now: () => Date },
): Promise<Caller | null> {
  const session = await findLiveSession(knex, sessionId, now());
  if (session?.user_id !== userId) return null;
  await touchSession(knex, session, now());
  return {
    userId: session.user_id,
    email: session.email ?? '',
    role: session.role ?? 'user',
    sessionId: session.id,
    signedInAt: session.created_at,
    tokenVersion: session.token_version,
    hasSecondFactor: session.has_second_factor,
    codeAt: session.code_at,
  };
}

export function unauthenticated(message = SIGN_IN): ApiError {
  return new ApiError('unauthenticated', message);
}

export function invalidToken(message = SIGN_IN): ApiError {
  return new ApiError('invalid_token', message);
}

const SIGN_IN = 'Not signed in, or no longer. Sign in and send the access token.';
