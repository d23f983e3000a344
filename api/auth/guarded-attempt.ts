import { clearFailures, lockedUntil, recordFailure, type Attempt } from '../../db/login-attempts.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from '../commands/context.ts';

const MINUTE_MS = 60_000;

/**
 * Tries a password for an address, under its lock-out. While it is locked the password is not looked at; a wrong one is
 * counted; a right one clears the count. Of many tried at once no more than the limit learn anything: what ends after the
 * address was locked is refused as locked, right or wrong. Throws `locked_out`.
 */
export async function guardedAttempt(
  { email, address }: Attempt,
  isRight: () => Promise<boolean>,
  { knex, identity: { lockout, now } }: IdentityContext,
): Promise<boolean> {
  refuseUntil(await lockedUntil(knex, email, now()), now());
  const right = await isRight();
  const at = now();
  refuseUntil(
    right ? await clearFailures(knex, email, at) : await recordFailure(knex, { email, address }, lockout, at),
    at,
  );
  return right;
}

function refuseUntil(until: Date | null, now: Date): void {
  if (until === null) return;
  const ms = Math.max(1, until.getTime() - now.getTime());
  const minutes = Math.ceil(ms / MINUTE_MS);
  throw new ApiError(
    'locked_out',
    `Too many failed sign-ins. Try again in ${minutes} minute${minutes === 1 ? '' : 's'}.`,
    { retryAfterSeconds: Math.ceil(ms / 1_000) },
  );
}
