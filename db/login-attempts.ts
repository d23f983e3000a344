import type { Knex } from 'knex';
import { recordAudit } from './audit.ts';
import { LoginAttempt } from './models/login-attempt.ts';
import { User } from './models/user.ts';

/** So many failures within `ms` of each other lock an address for `ms`. */
export interface Lockout {
  failures: number;
  ms: number;
}

/** Whose sign-in is tried, and from where. */
export interface Attempt {
  email: string;
  address: string;
}

/** Until when the address is locked; null where it is not. */
export async function lockedUntil(knex: Knex, email: string, now: Date): Promise<Date | null> {
  const attempt = await LoginAttempt.query(knex).findById(email).where('locked_until', '>', now);
  return attempt?.locked_until ?? null;
}

/**
 * Counts a failure, in one statement, so that any number at once are all counted. The one that reaches the limit locks the
 * address; while it is locked nothing is counted, so that the lock does not grow. Returns until when it was locked before.
 */
export async function recordFailure(
  knex: Knex,
  { email, address }: Attempt,
  { failures, ms }: Lockout,
  now: Date,
): Promise<Date | null> {
  const seconds = ms / 1_000;
  return knex.transaction(async (tx) => {
    const [counted] = await count(tx, { email, now, failures, seconds });
    if (!counted) return lockedUntil(tx, email, now);
    if (counted.locked_until) await recordLockOut(tx, { email, address }, seconds);
    return null;
  });
}

async function count(
  tx: Knex,
  values: { email: string; now: Date; failures: number; seconds: number },
): Promise<Pick<LoginAttempt, 'locked_until'>[]> {
  const { rows } = await tx.raw<{ rows: LoginAttempt[] }>(
    `INSERT INTO login_attempts AS a (email, failed_at) VALUES (:email, ARRAY[CAST(:now AS timestamptz)])
     ON CONFLICT (email) DO UPDATE SET
       failed_at = ${COUNTING} || CAST(:now AS timestamptz),
       locked_until = CASE WHEN cardinality(${COUNTING}) + 1 >= :failures
         THEN CAST(:now AS timestamptz) + make_interval(secs => :seconds) END
       WHERE a.locked_until IS NULL OR a.locked_until <= CAST(:now AS timestamptz)
     RETURNING a.locked_until`,
    values,
  );
  return rows;
}

/** An address that is nobody's is not written down: it may be mistyped, or a password in the wrong field. */
async function recordLockOut(tx: Knex, { email, address }: Attempt, seconds: number): Promise<void> {
  const user = await User.query(tx).findOne({ email });
  const lockOut = { action: 'auth.lock_out', userId: null, address, details: { seconds } } as const;
  await recordAudit(tx, { subject: user ? `user/${user.id}` : 'system', ...lockOut });
}

/** The failures that are not too old to count. A lock lasts as long as they do: after it none is left. */
const COUNTING = `ARRAY(
  SELECT f FROM unnest(a.failed_at) AS f
  WHERE f > CAST(:now AS timestamptz) - make_interval(secs => :seconds) ORDER BY f)`;

/** Forgets the failures, unless they have locked the address meanwhile; then until when. */
export async function clearFailures(knex: Knex, email: string, now: Date): Promise<Date | null> {
  const cleared = await LoginAttempt.query(knex)
    .deleteById(email)
    .where((row) => row.whereNull('locked_until').orWhere('locked_until', '<=', now));
  return cleared > 0 ? null : lockedUntil(knex, email, now);
}

/** Failures of addresses that nobody has tried for `days` are forgotten; returns how many addresses. */
export async function deleteOldAttempts(knex: Knex, days: number): Promise<number> {
  return LoginAttempt.query(knex)
    .delete()
    .whereRaw('last_failed_at < now() - make_interval(days => ?)', [days]);
}
