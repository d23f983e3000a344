import { changeUserPassword, findUser } from '../../db/users.ts';
import { unauthenticated, type Caller } from '../auth/caller.ts';
import { guardedPassword } from '../auth/guarded-attempt.ts';
import { weaknessOf } from '../auth/password-policy.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { normalized } from '../auth/passwords.ts';
import { ApiError, invalidInput } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/**
 * Sets a new password and ends every session of the user, this one too. A wrong current password counts as a failed
 * sign-in of this session: strangers who lock the address do not keep its user from changing what they guess at. Who has
 * none sets the first by a sign-in that is recent. Throws `invalid_input`, `invalid_credentials`, `locked_out`,
 * `stale_sign_in`, or `unauthenticated` where another change or the end of the session was faster.
 */
export async function changePassword(
  passwords: { currentPassword: string | undefined; newPassword: string },
  caller: Caller,
  context: IdentityContext,
): Promise<void> {
  const { knex, identity, signal, address } = context;
  const { currentPassword, newPassword } = passwords;
  const { userId: id, email, sessionId, tokenVersion } = caller;
  const isSame = currentPassword !== undefined && normalized(newPassword) === normalized(currentPassword);
  const weakness = isSame ? 'Must not be the current password' : weaknessOf(newPassword, email);
  if (weakness) throw invalidInput([{ field: 'new_password', message: weakness }]);
  const user = await findUser(knex, id);
  const passwordHash =
    user?.password_hash === null
      ? await firstHash(newPassword, caller, context)
      : await nextHash({ currentPassword, newPassword, hash: user?.password_hash }, caller, context);
  signal.throwIfAborted();
  const change = { id, sessionId, tokenVersion, passwordHash, address, at: identity.now() };
  if (!(await changeUserPassword(knex, change))) throw unauthenticated();
}

async function firstHash(password: string, caller: Caller, { identity }: IdentityContext): Promise<string> {
  requireRecentSignIn(caller, identity.now());
  return identity.passwords.hash(password);
}

async function nextHash(
  {
    currentPassword,
    newPassword,
    hash,
  }: { currentPassword: string | undefined; newPassword: string; hash: string | undefined },
  { userId, email, sessionId }: Caller,
  context: IdentityContext,
): Promise<string> {
  if (currentPassword === undefined)
    throw new ApiError('invalid_credentials', 'Send the current password as current_password');
  let next = null as string | null;
  await guardedPassword(
    { userId, email, source: `session:${sessionId}` },
    async () => {
      next = await context.identity.passwords.replace(currentPassword, hash, newPassword);
      return next !== null;
    },
    context,
  );
  if (next === null) throw new ApiError('invalid_credentials', 'The current password is not right');
  return next;
}
