import { randomUUID } from 'node:crypto';
import type { User } from '../../db/models/user.ts';
import { findSecondFactor } from '../../db/second-factors.ts';
import { insertSession } from '../../db/sessions.ts';
import { rememberDevice } from '../auth/known-device.ts';
import { acceptCode } from '../auth/second-factor.ts';
import type { Subject } from '../auth/tokens.ts';
import { ApiError } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

export interface SignedIn extends TokenPair {
  /** What the device is to show when it signs in next. */
  deviceToken: string;
}

/** A sign-in: what sent it, and by what somebody has shown who they are: `password`, or a provider's name. */
interface Entry {
  client: Client;
  by: string;
}

/**
 * Lets in who has shown who they are: with two-factor authentication on, they need a code as well. Throws
 * `two_factor_required`, with a token to send the code with, where there is none; else what `acceptCode` throws. Null as
 * `openSession`.
 */
export async function admit(
  user: User,
  { code, ...entry }: Entry & { code?: string | undefined },
  context: IdentityContext,
): Promise<SignedIn | null> {
  const { knex, identity } = context;
  const subject = subjectOf(user, randomUUID());
  const factor = await findSecondFactor(knex, user.id);
  const isAsked = Boolean(factor?.enabled_at);
  if (isAsked && !code) {
    const { token } = await identity.tokens.sign('pre-2fa', { ...subject, by: entry.by });
    const extra = { two_factor_required: true, pre_2fa_token: token };
    throw new ApiError('two_factor_required', 'Two-factor code required', { extra });
  }
  if (isAsked && code) await acceptCode(user.id, code, context);
  return openSession(subject, { ...entry, codeAt: isAsked ? identity.now() : null }, context);
}

/** Whom the tokens of a session of that user speak for. */
export function subjectOf({ id, email, role, token_version }: User, sessionId: string): Subject {
  return { userId: id, email: email ?? '', role: role ?? 'user', sessionId, version: token_version };
}

/** Null where the session that the subject names was opened before, or the user has been changed or disabled meanwhile. */
export async function openSession(
  subject: Subject,
  { client, by, codeAt }: Entry & { codeAt: Date | null },
  context: IdentityContext,
): Promise<SignedIn | null> {
  const { knex, identity, signal } = context;
  const access = await identity.tokens.sign('access', subject);
  const refresh = await identity.tokens.sign('refresh', subject);
  const session = {
    ...{ id: subject.sessionId, user_id: subject.userId, token_version: subject.version, code_at: codeAt },
    ...{ user_agent: client.userAgent.slice(0, 200), address: client.address.slice(0, 64) },
  };
  signal.throwIfAborted();
  if (!(await insertSession(knex, { ...session, by }, refresh, identity.now()))) return null;
  const deviceToken = await rememberDevice(subject.userId, client.device, context);
  return { accessToken: access.token, refreshToken: refresh.token, deviceToken };
}
