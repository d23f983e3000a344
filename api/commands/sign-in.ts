import { randomUUID } from 'node:crypto';
import { insertSession } from '../../db/sessions.ts';
import { findUserByEmail } from '../../db/users.ts';
import { guardedAttempt } from '../auth/guarded-attempt.ts';
import { ApiError } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/**
 * Opens a session. An address that is nobody's, a wrong password and a disabled user are refused alike, after the same
 * work. Throws `invalid_credentials` or `locked_out`.
 */
export async function signIn(
  { email, password }: { email: string; password: string },
  { userAgent, address }: Client,
  context: IdentityContext,
): Promise<TokenPair> {
  const { knex, identity } = context;
  const user = await findUserByEmail(knex, email);
  const isRight = await guardedAttempt(
    { email, address },
    async () =>
      (await identity.passwords.matches(password, user?.password_hash)) && user?.disabled_at === null,
    context,
  );
  if (!user || !isRight) throw new ApiError('invalid_credentials', 'Invalid email or password');
  const subject = {
    ...{ userId: user.id, email, role: user.role ?? 'user', version: user.token_version },
    sessionId: randomUUID(),
  } as const;
  const access = await identity.tokens.sign('access', subject);
  const refresh = await identity.tokens.sign('refresh', subject);
  const session = {
    ...{ id: subject.sessionId, user_id: user.id },
    ...{ user_agent: userAgent.slice(0, 200), address: address.slice(0, 64) },
  };
  await insertSession(knex, session, refresh, identity.now());
  return { accessToken: access.token, refreshToken: refresh.token };
}
