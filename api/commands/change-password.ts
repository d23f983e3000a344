import { changeUserPassword, findUser } from '../../db/users.ts';
import { unauthenticated, type Caller } from '../auth/caller.ts';
import { guardedAttempt } from '../auth/guarded-attempt.ts';
import { weaknessOf } from '../auth/password-policy.ts';
import { normalized } from '../auth/passwords.ts';
import { ApiError, invalidInput } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/**
 * Sets a new password and ends every session of the user, this one too. A wrong current password counts as a failed
 * sign-in. Throws `invalid_input`, `invalid_credentials`, `locked_out`, or `unauthenticated` where another change or the end
 * of the session was faster.
 */
export async function changePassword(
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  { userId: id, email, sessionId, tokenVersion }: Caller,
  context: IdentityContext,
): Promise<void> {
  const { knex, identity, signal } = context;
  const isSame = normalized(newPassword) === normalized(currentPassword);
  const weakness = isSame ? 'Must not be the current password' : weaknessOf(newPassword, email);
  if (weakness) throw invalidInput([{ field: 'new_password', message: weakness }]);
  const user = await findUser(knex, id);
  let passwordHash = null as string | null;
  await guardedAttempt(
    // Who has no address is counted by themselves. No address has an upper-case letter.
    email || `USER ${id}`,
    async () => {
      passwordHash = await identity.passwords.replace(currentPassword, user?.password_hash, newPassword);
      return passwordHash !== null;
    },
    context,
  );
  if (passwordHash === null) throw new ApiError('invalid_credentials', 'The current password is not right');
  signal.throwIfAborted();
  const change = { id, sessionId, tokenVersion, passwordHash, at: identity.now() };
  if (!(await changeUserPassword(knex, change))) throw unauthenticated();
}
