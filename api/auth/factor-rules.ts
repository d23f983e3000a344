import type { Identity } from './identity.ts';
import type { Caller } from './caller.ts';
import { ApiError } from '../errors.ts';

/** What a route asks about the caller's second factor. */
export interface FactorRules {
  /** Asks users with two-factor authentication on for a code that is not older than 5 minutes. */
  stepUp?: boolean;
  /** Open to admins who have yet to turn it on, where that is asked of them. */
  withoutFactor?: boolean;
}

const FRESH_MS = 5 * 60_000;

/** Until when a code accepted at that time is fresh enough for what is sensitive. */
export function freshUntil(codeAt: Date): Date {
  return new Date(codeAt.getTime() + FRESH_MS);
}

/** Throws `two_factor_setup_required` or `step_up_required`, where the rules do not let the caller in. */
export function requireFactor(
  { stepUp = false, withoutFactor = false }: FactorRules,
  { role, hasSecondFactor, codeAt }: Caller,
  { adminsNeedFactor, now }: Pick<Identity, 'adminsNeedFactor' | 'now'>,
): void {
  if (adminsNeedFactor && role === 'admin' && !hasSecondFactor && !withoutFactor)
    throw new ApiError(
      'two_factor_setup_required',
      'Admins need two-factor authentication here. Set it up: POST /auth/2fa/setup, then POST /auth/2fa/enable.',
    );
  if (stepUp && hasSecondFactor && (codeAt === null || freshUntil(codeAt) < now()))
    throw new ApiError(
      'step_up_required',
      'This asks for a two-factor code not older than 5 minutes. Send one to POST /auth/2fa/verify, then try again.',
    );
}
