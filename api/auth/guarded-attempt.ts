import { createHash } from 'node:crypto';
import {
  clearFailures,
  lockedUntil,
  recordFailure,
  type Budget,
  type Lockout,
} from '../../db/login-attempts.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from '../commands/context.ts';

/** Under which lock-out something is tried, and how it is refused then. */
export interface Guard {
  budget: Budget;
  /** Whose secret it is; null where nobody has that address. */
  userId: string | null;
  lockout: Lockout;
  refusal: 'locked_out' | 'factor_locked';
  /** What there were too many of. */
  what: 'failed sign-ins' | 'wrong codes';
}

/** `address` is null where it is not over HTTP. */
export type AttemptContext = Pick<IdentityContext, 'knex' | 'identity' | 'log'> & { address: string | null };

const MINUTE_MS = 60_000;

/** A password for an address, tried by that source: see `guardedAttempt`. */
export async function guardedPassword(
  { userId, ...budget }: Budget & Pick<Guard, 'userId'>,
  isRight: () => Promise<boolean>,
  context: IdentityContext,
): Promise<boolean> {
  const { lockout } = context.identity;
  const guard = { budget, userId, lockout, refusal: 'locked_out', what: 'failed sign-ins' } as const;
  return guardedAttempt(guard, isRight, context);
}

/**
 * Tries a secret under a lock-out. While it is locked the secret is not looked at; a wrong one is counted; a right one
 * clears the count. Of many tried at once no more than the limit learn anything: what ends after the budget was locked is
 * refused as locked, right or wrong. What `isRight` throws is not counted. Throws the guard's refusal.
 */
export async function guardedAttempt(
  guard: Guard,
  isRight: () => Promise<boolean>,
  { knex, identity: { now }, log, address }: AttemptContext,
): Promise<boolean> {
  const { budget, lockout } = guard;
  refuseUntil(await lockedUntil(knex, budget, now()), now(), guard);
  const right = await isRight();
  const at = now();
  if (right) refuseUntil(await clearFailures(knex, budget, at), at, guard);
  else {
    const failed = { budget, userId: guard.userId, address };
    const { locks, lockedBefore } = await recordFailure(knex, failed, lockout, at);
    refuseUntil(lockedBefore, at, guard);
    if (locks) log.warn(nameless(budget), `Too many ${guard.what} have locked an address`);
  }
  return right;
}

/** The same for the same address, to find it again in the log by; nothing that was typed is there to read. */
function nameless({ email, source }: Budget): { account: string; source: string } {
  return { account: createHash('sha256').update(email).digest('hex').slice(0, 16), source };
}

function refuseUntil(until: Date | null, now: Date, { refusal, what }: Guard): void {
  if (until === null) return;
  const ms = Math.max(1, until.getTime() - now.getTime());
  const minutes = Math.ceil(ms / MINUTE_MS);
  throw new ApiError(
    refusal,
    `Too many ${what}. Try again in ${minutes} minute${minutes === 1 ? '' : 's'}.`,
    { retryAfterSeconds: Math.ceil(ms / 1_000) },
  );
}
