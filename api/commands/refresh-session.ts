import { findLiveSession, touchSession, useRefreshToken } from '../../db/sessions.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';
import type { TokenPair } from './open-session.ts';

/** A refresh token with less left than this is replaced. */
const NEAR_END_MS = 24 * 3_600_000;

/**
 * A new access token, with what the user may do now; with less than a day left a new refresh token as well, and the one
 * shown is good no more. Who shows it again ends the session: one of two holders is not the user. Throws `unauthenticated`.
 */
export async function refreshSession(
  token: string,
  { knex, identity: { tokens, now } }: IdentityContext,
): Promise<Pick<TokenPair, 'accessToken'> & { refreshToken: string | null }> {
  const at = now();
  const shown = await tokens.verify('refresh', token);
  const session = shown && (await findLiveSession(knex, shown.sessionId, at));
  if (!shown || !session || session.user_id !== shown.userId || session.token_version !== shown.version)
    throw refused();
  const subject = {
    ...{ userId: session.user_id, email: session.email ?? '', role: session.role ?? 'user' },
    ...{ sessionId: session.id, version: session.token_version },
  } as const;
  const isNearEnd = shown.expiresAt.getTime() - at.getTime() < NEAR_END_MS;
  const next = isNearEnd ? await tokens.sign('refresh', subject) : null;
  const use = await useRefreshToken(knex, { token, next }, at);
  if (use === 'reused' || use === 'unknown') throw refused();
  await touchSession(knex, session, at);
  const access = await tokens.sign('access', subject);
  return { accessToken: access.token, refreshToken: next?.token ?? null };
}

function refused(): ApiError {
  return new ApiError('unauthenticated', 'The refresh token is not good, or no longer. Sign in again.');
}
