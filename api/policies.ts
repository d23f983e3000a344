import { EVERYBODY } from '../db/bots.ts';
import type { Role } from '../db/models/user.ts';
import { callerOf, type Caller } from './auth/caller.ts';
import { requireFactor, type FactorRules } from './auth/factor-rules.ts';
import type { Dependencies, Owner } from './dependencies.ts';
import { ApiError } from './errors.ts';
import type { ApiSettings } from './settings.ts';

/**
 * Who may call a route: `public` anybody; `owner` a user, for what is theirs, or, while sign-in is off, whoever reaches the
 * API, for everything; `signed-in` a user; `ops` operators and admins; `admin` admins alone.
 */
export const POLICIES = ['public', 'owner', 'signed-in', 'ops', 'admin'] as const;
export type Policy = (typeof POLICIES)[number];

const ALLOWED: Record<Exclude<Policy, 'public'>, readonly Role[]> = {
  owner: ['user', 'ops', 'admin'],
  'signed-in': ['user', 'ops', 'admin'],
  ops: ['ops', 'admin'],
  admin: ['admin'],
};

/** The caller that a handler is given under a policy. */
export type CallerUnder<P extends Policy> = P extends 'public'
  ? null
  : P extends 'owner'
    ? Caller | null
    : Caller;
/** Whose rows a handler may touch: only `owner` gives it any. */
export type OwnerUnder<P extends Policy> = P extends 'owner' ? Owner : null;

/** The roles that a policy lets in; null where nobody has to be signed in. */
export function rolesUnder(
  policy: Policy,
  { authRequired }: Pick<ApiSettings, 'authRequired'>,
): readonly Role[] | null {
  return policy === 'public' || (policy === 'owner' && !authRequired) ? null : ALLOWED[policy];
}

/** What a route asks of its caller. */
export interface Access extends FactorRules {
  policy: Policy;
}

/**
 * The caller, if the route lets them in; null where it asks for none. An admin who calls from an address that is not listed
 * has no admin's rights. Throws `unauthenticated`, `invalid_token`, `forbidden`, `two_factor_setup_required` or
 * `step_up_required`.
 */
export async function authorize(
  { policy, ...rules }: Access,
  { authorization, address }: { authorization: string; address: string },
  dependencies: Dependencies,
): Promise<Caller | null> {
  const roles = rolesUnder(policy, dependencies.settings);
  if (!roles) return null;
  const caller = await callerOf(authorization, dependencies);
  if (!roles.includes(caller.role)) throw new ApiError('forbidden', 'Your role does not allow this.');
  if (policy === 'admin' && !dependencies.settings.adminAddresses.includes(address))
    throw new ApiError('forbidden', 'Admins may not call from this address. Name it in ADMIN_IP_WHITELIST.');
  requireFactor(rules, caller, dependencies.identity);
  return caller;
}

/** Whose rows a request under `policy` is about: the caller's; everybody's while sign-in is off. */
export function ownerUnder(policy: Policy, caller: Caller | null, dependencies: Dependencies): Owner | null {
  if (policy !== 'owner') return null;
  return caller ? { id: caller.userId, rows: { userId: caller.userId } } : everybody(dependencies);
}

/** Every row there is; what has no owner counts as the default owner's. */
export function everybody({ defaultOwnerId }: Pick<Dependencies, 'defaultOwnerId'>): Owner {
  return { id: defaultOwnerId, rows: { userId: EVERYBODY } };
}
