import { createHash } from 'node:crypto';
import { clearFailures, lockedUntil, recordFailure } from '../../db/login-attempts.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from '../commands/context.ts';

const MINUTE_MS = 60_000;

/**
 * Tries a password for an address, under its lock-out. While it is locked the password is not looked at; a wrong one is
 * counted; a right one clears the count. Of many tried at once no more than the limit learn anything: what ends after the
 * address was locked is refused as locked, right or wrong. Throws `locked_out`.
 */
export async function guardedAttempt(
  email: string,
  isRight: () => Promise<boolean>,
  { knex, identity: { lockout, now }, log }: IdentityContext,
): Promise<boolean> {
  refuseUntil(await lockedUntil(knex, email, now()), now());
  const right = await isRight();
  const at = now();
  if (right) refuseUntil(await clearFailures(knex, email, at), at);
  else {
    const { locks, lockedBefore } = await recordFailure(knex, email, lockout, at);
    refuseUntil(lockedBefore, at);
    if (locks) log.warn({ account: nameless(email) }, 'Too many failed sign-ins have locked an address');
  }
  return right;
}

/** The same for the same address, to find it again in the log by; nothing that was typed is there to read. */
function nameless(email: string): string {
  return createHash('sha256').update(email).digest('hex').slice(0, 16);
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
