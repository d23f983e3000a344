import { ApiError } from '../errors.ts';
import type { Caller } from './caller.ts';

const RECENT_MS = 5 * 60_000;

/**
 * Asked before a way to sign in is added, taken away or closed to others where no password is asked for: a token that was
 * stolen must not become a way in that stays, nor keep its user out. Throws `stale_sign_in`.
 */
export function requireRecentSignIn({ signedInAt }: Pick<Caller, 'signedInAt'>, now: Date): void {
  if (now.getTime() - signedInAt.getTime() <= RECENT_MS) return;
  throw new ApiError(
    'stale_sign_in',
    `This needs a sign-in of the last ${RECENT_MS / 60_000} minutes. Sign in again, then repeat it.`,
  );
}
