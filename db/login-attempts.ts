import type { Knex } from 'knex';
import { recordAudit } from './audit.ts';
import { deleteOlder } from './delete-older.ts';
import { Event } from './models/event.ts';
import { LoginAttempt } from './models/login-attempt.ts';

/** So many failures within `ms` of each other lock for `ms`. */
export interface Lockout {
  failures: number;
  ms: number;
}

/** Whose failures are counted together: those of an address that come from one source. */
export interface Budget {
  email: string;
  /** '' for all strangers together; else what is known, with its id. At most 50 characters. */
  source: string;
}

/** Wrong codes of a user's second factor, wherever they come from. */
export function factorBudget(userId: string): Budget {
  return { email: '', source: `${FACTOR}${userId}` };
}

const FACTOR = 'factor:';

/** A failure: whose secret was tried, null where nobody has that address, and from where. */
export interface Failure {
  budget: Budget;
  userId: string | null;
  /** Null where it was not over HTTP. */
  address: string | null;
}

/** Until when the budget is locked; null where it is not. */
export async function lockedUntil(knex: Knex, { email, source }: Budget, now: Date): Promise<Date | null> {
  const attempt = await LoginAttempt.query(knex).findById([email, source]).where('locked_until', '>', now);
  return attempt?.locked_until ?? null;
}

/**
 * Counts a failure, in one statement, so that any number at once are all counted. The one that reaches the limit locks the
 * budget; while it is locked nothing is counted, so that the lock does not grow. Returns whether it is this one that locks,
 * and until when the budget was locked before.
 */
export async function recordFailure(
  knex: Knex,
  failure: Failure,
  { failures, ms }: Lockout,
  now: Date,
): Promise<{ locks: boolean; lockedBefore: Date | null }> {
  const seconds = ms / 1_000;
  return knex.transaction(async (tx) => {
    const [counted] = await count(tx, { budget: failure.budget, now, failures, seconds });
    if (!counted) return { locks: false, lockedBefore: await lockedUntil(tx, failure.budget, now) };
    const locks = counted.locked_until !== null;
    if (locks) await recordLockOut(tx, failure, seconds);
    return { locks, lockedBefore: null };
  });
}

async function count(
  tx: Knex,
  { budget, ...values }: { budget: Budget; now: Date; failures: number; seconds: number },
): Promise<Pick<LoginAttempt, 'locked_until'>[]> {
  const { rows } = await tx.raw<{ rows: LoginAttempt[] }>(
    `INSERT INTO login_attempts AS a (email, source, failed_at, locked_until)
     VALUES (:email, :source, ARRAY[CAST(:now AS timestamptz)],
       CASE WHEN :failures <= 1 THEN CAST(:now AS timestamptz) + make_interval(secs => :seconds) END)
     ON CONFLICT (email, source) DO UPDATE SET
       failed_at = ${COUNTING} || CAST(:now AS timestamptz),
       locked_until = CASE WHEN cardinality(${COUNTING}) + 1 >= :failures
         THEN CAST(:now AS timestamptz) + make_interval(secs => :seconds) END
       WHERE a.locked_until IS NULL OR a.locked_until <= CAST(:now AS timestamptz)
     RETURNING a.locked_until`,
    { ...budget, ...values },
  );
  return rows;
}

/** An address that is nobody's is not written down: it may be mistyped, or a password in the wrong field. */
async function recordLockOut(tx: Knex, { budget, userId, address }: Failure, seconds: number): Promise<void> {
  const details = { seconds, ...(budget.source && { source: budget.source }) };
  const payload = { seconds, what: budget.source.startsWith(FACTOR) ? 'second_factor' : 'password' };
  if (userId !== null) await Event.query(tx).insert({ user_id: userId, type: 'auth.locked_out', payload });
  const lockOut = { action: 'auth.lock_out', userId: null, address, details } as const;
  await recordAudit(tx, { subject: userId === null ? 'system' : `user/${userId}`, ...lockOut });
}

/** The failures that are not too old to count. A lock lasts as long as they do: after it none is left. */
const COUNTING = `ARRAY(
  SELECT f FROM unnest(a.failed_at) AS f
  WHERE f > CAST(:now AS timestamptz) - make_interval(secs => :seconds) ORDER BY f)`;

/** Forgets the failures, unless they have locked the budget meanwhile; then until when. */
export async function clearFailures(knex: Knex, budget: Budget, now: Date): Promise<Date | null> {
  const cleared = await LoginAttempt.query(knex)
    .deleteById([budget.email, budget.source])
    .where((row) => row.whereNull('locked_until').orWhere('locked_until', '<=', now));
  return cleared > 0 ? null : lockedUntil(knex, budget, now);
}

/** Failures of addresses that nobody has tried for `days` are forgotten; returns how many budgets. */
export async function deleteOldAttempts(knex: Knex, days: number): Promise<number> {
  return deleteOlder(knex, { table: 'login_attempts', time: 'last_failed_at', days });
}
