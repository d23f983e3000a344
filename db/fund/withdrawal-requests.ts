import type { Knex } from 'knex';
import type { WithdrawalHistory, WithdrawalPolicy, RiskFlag } from '../../bots/fund/policy.ts';
import { unitsLocked } from '../../bots/fund/postings.ts';
import { unitsToRedeem } from '../../bots/fund/unit-price.ts';
import type { WithdrawalStatus } from '../../bots/fund/withdrawal-status.ts';
import type { Amount } from '../../bots/money.ts';
import { postEntry } from './post-entry.ts';
import { tellOfWithdrawal } from './withdrawal-event.ts';
import { withdrawalDigest } from './withdrawal-digest.ts';

/** A row of `withdrawal_requests`. */
export interface WithdrawalRequest {
  id: string;
  user_id: string;
  asset: string;
  /** What leaves the fund, the network's fee in it. */
  amount: Amount;
  /** Locked at the request; from the approval on those given up for it. */
  units: Amount;
  /** The price `units` are of. */
  nav_per_unit: Amount;
  network: string;
  address: string;
  tag: string | null;
  network_fee: Amount | null;
  /** What approvals are bound to. */
  digest: string;
  /** As it was at the request. */
  policy: WithdrawalPolicy;
  quorum: number;
  risk_flags: RiskFlag[];
  expires_at: Date;
  cooling_until: Date | null;
  status: WithdrawalStatus;
  step: 'cooling' | 'rejecting' | 'staging' | 'sending' | 'confirming' | 'returning' | null;
  /** Whose approval made it enough. */
  approved_by: string | null;
  approved_at: Date | null;
  rejected_by: string | null;
  reject_reason: string | null;
  exchange_withdrawal_id: string | null;
  tx_id: string | null;
  error: string | null;
  idempotency_key: string | null;
  /** How often it has been sent, or was about to be. */
  send_attempt: number;
  /** Past it the newest attempt sends nothing any more. */
  send_before: Date | null;
  created_at: Date;
  updated_at: Date;
}

export type NewWithdrawal = Pick<
  WithdrawalRequest,
  | 'id'
  | 'user_id'
  | 'asset'
  | 'amount'
  | 'nav_per_unit'
  | 'network'
  | 'address'
  | 'tag'
  | 'policy'
  | 'quorum'
  | 'risk_flags'
  | 'expires_at'
  | 'cooling_until'
  | 'idempotency_key'
  | 'created_at'
>;

/**
 * Writes a request, locks its units and tells whoever listens, in one transaction: all or nothing. Throws `UnitsOverdrawn` where not as many
 * are free. The same user's same idempotency key again is a unique violation (`withdrawal_requests_idempotency_key_key`).
 */
export async function insertWithdrawal(knex: Knex, request: NewWithdrawal): Promise<WithdrawalRequest> {
  const { id, user_id: userId, asset, amount, nav_per_unit: navPerUnit, created_at } = request;
  const units = unitsToRedeem(amount, navPerUnit);
  return knex.transaction(async (tx) => {
    const [row] = await tx<WithdrawalRequest>('withdrawal_requests')
      .insert({
        ...{ ...request, units, digest: withdrawalDigest(request), updated_at: created_at },
        policy: JSON.stringify(request.policy) as unknown as WithdrawalPolicy,
      })
      .returning('*');
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/locked`, at: created_at.getTime(), refs: { withdrawal: id } },
      ...unitsLocked({ userId, units }),
      transaction: {
        userId,
        type: 'withdrawal',
        asset,
        amount,
        units,
        navPerUnit,
        status: 'pending',
        externalId: id,
      },
    });
    await tellOfWithdrawal(tx, row!);
    return row!;
  });
}

/** An administrator's agreement to exactly this request. */
export interface Approval {
  request: Pick<WithdrawalRequest, 'id' | 'user_id'>;
  /** Of what the administrator saw. */
  digest: string;
  adminId: string;
  at: Date;
}

/**
 * Writes an approval; the same administrator's again changes nothing. Returns how many there are of people who are
 * administrators now: whoever has been disabled or demoted since does not count. The database refuses the requester's own (`withdrawal_approvals_others_check`) and one of something else (`withdrawal_approvals_subject_fkey`).
 */
export async function insertApproval(
  knex: Knex,
  { request, digest, adminId, at }: Approval,
): Promise<number> {
  const of = { request_id: request.id, requester_id: request.user_id };
  await knex('withdrawal_approvals')
    .insert({ ...of, digest, admin_id: adminId, approved_at: at })
    .onConflict(['request_id', 'admin_id'])
    .ignore();
  const [counted] = await knex('withdrawal_approvals AS a')
    .join('users AS u', 'u.id', 'a.admin_id')
    .where({ 'a.request_id': request.id, 'u.role': 'admin', 'u.disabled_at': null })
    .count<{ approvals: number }[]>({ approvals: '*' });
  return counted?.approvals ?? 0;
}

/** What `assess` counts: asked for in the 24 hours before `at` (epoch ms) and not taken back. */
export async function withdrawalHistory(knex: Knex, userId: string, at: number): Promise<WithdrawalHistory> {
  const { rows } = await knex.raw<{ rows: [WithdrawalHistory] }>(
    `SELECT trim_scale(coalesce(sum(amount), 0)) AS "fundDay",
       trim_scale(coalesce(sum(amount) FILTER (WHERE user_id = ?), 0)) AS "holderDay"
     FROM withdrawal_requests
     WHERE created_at > ? AND status NOT IN ('rejected', 'cancelled', 'expired', 'failed')`,
    [userId, new Date(at - 24 * 3_600_000)],
  );
  return rows[0];
}
