import { changeUser, type UserChange } from '../../db/administration.ts';
import type { UserRow } from '../../db/rows.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/**
 * An admin changes another user's role, or disables or enables them; it acts with that user's next request. Never oneself: so
 * there is always an admin left. Throws `own_account`, `user_not_found`, or `forbidden` where the admin has been one until now.
 */
export async function administerUser(
  id: string,
  change: UserChange,
  { userId }: Caller,
  { knex, identity, address }: IdentityContext,
): Promise<UserRow> {
  if (id === userId)
    throw new ApiError('own_account', 'Your own role and state are changed by another admin.');
  const changed = await changeUser(knex, { id, by: { userId, address }, change, at: identity.now() });
  if (changed === 'not_admin') throw new ApiError('forbidden', 'Your role does not allow this.');
  if (!changed) throw new ApiError('user_not_found', 'User not found');
  return changed;
}
