import { findKnownDevice } from '../../db/known-devices.ts';
import { findUser, findUserByEmail } from '../../db/users.ts';
import type { User } from '../../db/models/user.ts';
import { guardedPassword } from '../auth/guarded-attempt.ts';
import type { Passwords } from '../auth/passwords.ts';
import { acceptCode } from '../auth/second-factor.ts';
import { ApiError } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';
import { admit, openSession, subjectOf, type SignedIn } from './open-session.ts';

/**
 * Opens a session. An address that is nobody's, a wrong password and a disabled user are refused alike, after the same
 * work. Failures count for the device where it is known as one of the user's, else for all strangers together. Throws
 * `invalid_credentials` or `locked_out`, and what `admit` throws.
 */
export async function signIn(
  credentials: { email: string; password: string; code?: string | undefined },
  client: Client,
  context: IdentityContext,
): Promise<SignedIn> {
  const user = await context.identity.passwords.inPlace((passwords) =>
    userWith(credentials, client, passwords, context),
  );
  const { code } = credentials;
  const opened = user && (await admit(user, { client, code, by: 'password' }, context));
  // Null: the password was changed, or they were disabled, while it was compared.
  if (!opened) throw new ApiError('invalid_credentials', 'Invalid email or password');
  return opened;
}

/** Whose email and password these are; null where they are nobody's. */
async function userWith(
  { email, password }: { email: string; password: string },
  client: Client,
  passwords: Passwords,
  context: IdentityContext,
): Promise<User | null> {
  const { knex, identity } = context;
  const user = await findUserByEmail(knex, email);
  const shown = user && client.device !== null ? { userId: user.id, token: client.device } : null;
  const device = shown && (await findKnownDevice(knex, shown, identity.now()));
  const isRight = await guardedPassword(
    { userId: user?.id ?? null, email, source: device ? `device:${device.id}` : '' },
    async () => (await passwords.matches(password, user?.password_hash)) && user?.disabled_at === null,
    context,
  );
  return (isRight && user) || null;
}

/**
 * Opens the session that a pre-2FA token was given for, once. Throws `unauthenticated` for what is no such token or not good
 * any more, and what `acceptCode` throws.
 */
export async function signInWithCode(
  { token, code }: { token: string; code: string },
  client: Client,
  context: IdentityContext,
): Promise<SignedIn> {
  const { knex, identity } = context;
  const shown = await identity.tokens.verify('pre-2fa', token);
  const user = shown && (await findUser(knex, shown.userId));
  if (!shown || !user || user.disabled_at !== null || user.token_version !== shown.version) throw refused();
  await acceptCode(user.id, code, context);
  const opened = await openSession(
    subjectOf(user, shown.sessionId),
    { client, by: shown.by ?? 'password', codeAt: identity.now() },
    context,
  );
  if (!opened) throw refused();
  return opened;
}

function refused(): ApiError {
  return new ApiError('unauthenticated', 'The pre-2FA token is not good, or no longer. Sign in again.');
}
