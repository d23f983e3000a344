import { findLiveSession, touchSession, useRefreshToken } from '../../db/sessions.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';
import type { TokenPair } from './open-session.ts';

/** A refresh token with less left than this is replaced. */
const NEAR_END_MS = 24 * 3_600_000;

/**
 * A new access token, with what the user may do now; with less than a day left a new refresh token as well, which takes the
 * place of the one shown: see `useRefreshToken`. It is derived from the one shown, so that who asks twice is given the same
 * although none is kept. Throws `unauthenticated`.
 */
export async function refreshSession(
  token: string,
  { knex, identity: { tokens, now }, signal, log }: IdentityContext,
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
  const replace = shown.expiresAt.getTime() - at.getTime() < NEAR_END_MS;
  const successor = (replacedAt: Date) => tokens.sign('refresh', subject, { token, at: replacedAt });
  signal.throwIfAborted();
  const use = await useRefreshToken(knex, token, { replace, successor }, at);
  if (use.became === 'reused') {
    const { id, user_id } = use.session;
    log.warn(
      { session_id: id, user_id },
      'A refresh token was shown that had been replaced: its session is ended',
    );
  }
  if (use.became === 'reused' || use.became === 'unknown') throw refused();
  await touchSession(knex, session, at);
  const access = await tokens.sign('access', subject);
  return { accessToken: access.token, refreshToken: use.became === 'replaced' ? use.next.token : null };
}

function refused(): ApiError {
  return new ApiError('unauthenticated', 'The refresh token is not good, or no longer. Sign in again.');
}
