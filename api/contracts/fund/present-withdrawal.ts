import type { z } from 'zod';
import type { WithdrawalAddress } from '../../../db/fund/withdrawal-addresses.ts';
import type { ReviewedWithdrawal } from '../../../db/fund/withdrawal-lists.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import type { AssessedWithdrawal } from '../../commands/assess-withdrawal.ts';
import type { assessment, reviewedWithdrawal, storedAddress, withdrawal } from './withdrawal-schemas.ts';

export function presentWithdrawal(row: WithdrawalRequest): z.input<typeof withdrawal> {
  const { id, status, step, asset, network, address, tag, tx_id, reject_reason, error } = row;
  return {
    ...{ id, status, step, asset, network, address, tag, tx_id, reject_reason, error },
    ...{ amount: Number(row.amount), units: Number(row.units), nav_per_unit: Number(row.nav_per_unit) },
    network_fee: row.network_fee === null ? null : Number(row.network_fee),
    cooling_until: isoOf(row.cooling_until),
    ...{ expires_at: row.expires_at.toISOString(), created_at: row.created_at.toISOString() },
    updated_at: row.updated_at.toISOString(),
  };
}

/** As an admin sees it. */
export function presentReviewed(row: ReviewedWithdrawal): z.input<typeof reviewedWithdrawal> {
  const { user_id, risk_flags, quorum, approvals, digest, nav_at } = row;
  return {
    ...{ ...presentWithdrawal(row), user_id, risk_flags, quorum, approvals, digest },
    nav_at: isoOf(nav_at),
  };
}

export function presentAssessment(assessed: AssessedWithdrawal): z.input<typeof assessment> {
  const { allowed, reasons, quorum, riskFlags, units, navPerUnit, coolingUntil, expiresAt } = assessed;
  return {
    ...{ allowed, reasons, approvals_needed: quorum, risk_flags: riskFlags },
    ...{ units: Number(units), nav_per_unit: Number(navPerUnit) },
    cooling_until: coolingUntil === null ? null : new Date(coolingUntil).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
  };
}

export function presentAddress(row: WithdrawalAddress): z.input<typeof storedAddress> {
  const { id, network, address, tag, label } = row;
  return { id, network, address, tag, label, created_at: row.created_at.toISOString() };
}

function isoOf(at: Date | null): string | null {
  return at && at.toISOString();
}
