import { changeUserPassword, findUser } from '../../db/users.ts';
import { unauthenticated, type Caller } from '../auth/caller.ts';
import { guardedPassword } from '../auth/guarded-attempt.ts';
import { weaknessOf } from '../auth/password-policy.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { ApiError, invalidInput } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/**
 * Sets a new password and ends every session of the user, this one too. A wrong current password counts as a failed
 * sign-in of this session: strangers who lock the address do not keep its user from changing what they guess at. Who has
 * none sets the first by a sign-in that is recent. Throws `invalid_input`, `invalid_credentials`, `locked_out`,
 * `stale_sign_in`, or `unauthenticated` where another change was faster.
 */
export async function changePassword(
  passwords: { currentPassword: string | undefined; newPassword: string },
  caller: Caller,
  context: IdentityContext,
): Promise<void> {
  const { knex, identity } = context;
  const { currentPassword, newPassword } = passwords;
  const { userId: id, email, tokenVersion } = caller;
  const weakness =
    newPassword === currentPassword ? 'Must not be the current password' : weaknessOf(newPassword, email);
  if (weakness) throw invalidInput([{ field: 'new_password', message: weakness }]);
  const user = await findUser(knex, id);
  if (user?.password_hash === null) requireRecentSignIn(caller, identity.now());
  else await requirePassword(currentPassword, { caller, hash: user?.password_hash }, context);
  const passwordHash = await identity.passwords.hash(newPassword);
  const change = { id, tokenVersion, passwordHash, at: identity.now() };
  if (!(await changeUserPassword(knex, change))) throw unauthenticated();
}

async function requirePassword(
  password: string | undefined,
  { caller, hash }: { caller: Caller; hash: string | undefined },
  context: IdentityContext,
): Promise<void> {
  if (password === undefined)
    throw new ApiError('invalid_credentials', 'Send the current password as current_password');
  const isRight = await guardedPassword(
    { email: caller.email, source: `session:${caller.sessionId}` },
    () => context.identity.passwords.matches(password, hash),
    context,
  );
  if (!isRight) throw new ApiError('invalid_credentials', 'The current password is not right');
}
