import { callerOf, type Caller } from './auth/caller.ts';
import type { Dependencies, Owner } from './dependencies.ts';
import { ApiError } from './errors.ts';
import type { Role } from '../db/models/user.ts';

/**
 * Who may call a route: `public` anybody; `owner` whoever reaches the API, for what is the one owner's while sign-in is off;
 * `signed-in` a user; `ops` operators and admins; `admin` admins alone.
 */
export const POLICIES = ['public', 'owner', 'signed-in', 'ops', 'admin'] as const;
export type Policy = (typeof POLICIES)[number];

/** The policies under which a request has a caller, and the roles that suffice. */
const ALLOWED = {
  'signed-in': ['user', 'ops', 'admin'],
  ops: ['ops', 'admin'],
  admin: ['admin'],
} satisfies Partial<Record<Policy, Role[]>>;

export type SignedInPolicy = keyof typeof ALLOWED;
/** The caller that a handler is given under a policy. */
export type CallerUnder<P extends Policy> = P extends SignedInPolicy ? Caller : null;

export function needsSignIn(policy: Policy): policy is SignedInPolicy {
  return policy in ALLOWED;
}

/**
 * The caller, if the policy lets them in; null where it asks for none. An admin who calls from an address that is not listed
 * has no admin's rights. Throws `unauthenticated` or `forbidden`.
 */
export async function authorize(
  policy: Policy,
  { authorization, address }: { authorization: string; address: string },
  dependencies: Dependencies,
): Promise<Caller | null> {
  if (!needsSignIn(policy)) return null;
  const caller = await callerOf(authorization, dependencies);
  const roles: readonly Role[] = ALLOWED[policy];
  if (!roles.includes(caller.role)) throw new ApiError('forbidden', 'Your role does not allow this.');
  if (policy === 'admin' && !dependencies.settings.adminAddresses.includes(address))
    throw new ApiError('forbidden', 'Admins may not call from this address. Name it in ADMIN_IP_WHITELIST.');
  return caller;
}

/** The user a request acts for. While sign-in is off there is one, and every row is theirs. */
export function ownerOf({ defaultOwnerId }: Dependencies): Owner {
  return { id: defaultOwnerId, rows: {} };
}
