import { changeUserPassword, findUser } from '../../db/users.ts';
import { unauthenticated, type Caller } from '../auth/caller.ts';
import { guardedAttempt } from '../auth/guarded-attempt.ts';
import { weaknessOf } from '../auth/password-policy.ts';
import { ApiError, invalidInput } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';

/**
 * Sets a new password and ends every session of the user, this one too. A wrong current password counts as a failed
 * sign-in. Throws `invalid_input`, `invalid_credentials`, `locked_out`, or `unauthenticated` where another change was faster.
 */
export async function changePassword(
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  { userId: id, email, tokenVersion }: Caller,
  { address }: Client,
  context: IdentityContext,
): Promise<void> {
  const { knex, identity } = context;
  const weakness =
    newPassword === currentPassword ? 'Must not be the current password' : weaknessOf(newPassword, email);
  if (weakness) throw invalidInput([{ field: 'new_password', message: weakness }]);
  const user = await findUser(knex, id);
  const isRight = await guardedAttempt(
    { email, address },
    () => identity.passwords.matches(currentPassword, user?.password_hash),
    context,
  );
  if (!isRight) throw new ApiError('invalid_credentials', 'The current password is not right');
  const passwordHash = await identity.passwords.hash(newPassword);
  const change = { id, tokenVersion, passwordHash, address, at: identity.now() };
  if (!(await changeUserPassword(knex, change))) throw unauthenticated();
}
