import { findUserByEmail } from '../../db/users.ts';
import { guardedAttempt } from '../auth/guarded-attempt.ts';
import { ApiError } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';
import { openSession, type TokenPair } from './open-session.ts';

/**
 * Opens a session. An address that is nobody's, a wrong password and a disabled user are refused alike, after the same
 * work. Throws `invalid_credentials` or `locked_out`.
 */
export async function signIn(
  { email, password }: { email: string; password: string },
  client: Client,
  context: IdentityContext,
): Promise<TokenPair> {
  const { knex, identity } = context;
  const user = await findUserByEmail(knex, email);
  const isRight = await guardedAttempt(
    email,
    async () =>
      (await identity.passwords.matches(password, user?.password_hash)) && user?.disabled_at === null,
    context,
  );
  if (!user || !isRight) throw new ApiError('invalid_credentials', 'Invalid email or password');
  return openSession(user, client, context);
}
