import type { Knex } from 'knex';
import type { WithdrawalStatus } from '../../bots/fund/withdrawal-status.ts';
import type { WithdrawalRequest } from './withdrawal-requests.ts';

/** What an admin sees of a request beside itself. */
export interface ReviewedWithdrawal extends WithdrawalRequest {
  /** Who has agreed, by id, oldest first. */
  approvals: string[];
  /** When the valuation was made whose price its units are of. */
  nav_at: Date | null;
}

interface Part {
  offset: number;
  limit: number;
}

/** The request of that id; of one holder, where one is named. */
export async function findWithdrawal(
  knex: Knex,
  id: string,
  { userId }: { userId?: string } = {},
): Promise<WithdrawalRequest | undefined> {
  return knex<WithdrawalRequest>('withdrawal_requests')
    .where({ id, ...(userId !== undefined && { user_id: userId }) })
    .first();
}

/** What a holder has asked for under a key of their own. */
export async function findWithdrawalByKey(
  knex: Knex,
  { userId, key }: { userId: string; key: string },
): Promise<WithdrawalRequest | undefined> {
  return knex<WithdrawalRequest>('withdrawal_requests')
    .where({ user_id: userId, idempotency_key: key })
    .first();
}

/** A holder's, newest first. */
export async function listWithdrawals(
  knex: Knex,
  { userId, offset, limit }: Part & { userId: string },
): Promise<WithdrawalRequest[]> {
  return knex<WithdrawalRequest>('withdrawal_requests')
    .where({ user_id: userId })
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .offset(offset)
    .limit(limit);
}

/** Everybody's in one status, or in any; those that have waited longest first. */
export async function reviewWithdrawals(
  knex: Knex,
  { status, offset, limit }: Part & { status: WithdrawalStatus | null },
): Promise<ReviewedWithdrawal[]> {
  const { rows } = await knex.raw<{ rows: ReviewedWithdrawal[] }>(REVIEW, [status, status, limit, offset]);
  return rows;
}

/** One of those who are listed. */
export async function reviewWithdrawal(knex: Knex, id: string): Promise<ReviewedWithdrawal | undefined> {
  const { rows } = await knex.raw<{ rows: ReviewedWithdrawal[] }>(`${REVIEWED} WHERE r.id = ?`, [id]);
  return rows[0];
}

// The closing of the books may be dated a moment after what it was made for.
const REVIEWED = `
SELECT r.*,
  ARRAY(SELECT a.admin_id::text FROM withdrawal_approvals a WHERE a.request_id = r.id ORDER BY a.approved_at) AS approvals,
  (SELECT n.recorded_at FROM nav_history n
   WHERE n.nav_per_unit = r.nav_per_unit AND n.recorded_at <= coalesce(r.approved_at, r.created_at) + interval '1 minute'
   ORDER BY n.recorded_at DESC LIMIT 1) AS nav_at
FROM withdrawal_requests r`;

const REVIEW = `${REVIEWED} WHERE r.status = ? OR ?::text IS NULL ORDER BY r.created_at, r.id LIMIT ? OFFSET ?`;
