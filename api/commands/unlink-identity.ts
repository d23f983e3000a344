import { deleteIdentity } from '../../db/identities.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/** Takes a provider's identity from the caller. Throws `identity_not_found`, or `last_way_in` where they could not sign in then. */
export async function unlinkIdentity(
  id: string,
  { userId }: Caller,
  { knex, identity: { oauth }, address }: IdentityContext,
): Promise<void> {
  const result = await deleteIdentity(knex, { userId, id, providers: oauth.names, by: { userId, address } });
  // Another's is as unknown as none.
  if (result === 'unknown') throw new ApiError('identity_not_found', 'Identity not found');
  if (result === 'last')
    throw new ApiError(
      'last_way_in',
      'You could not sign in without it. Set a password (POST /auth/change-password) or link another provider first.',
    );
}
