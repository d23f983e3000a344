/** Where a withdrawal may stand, in the order of its life; then the ways out, and what waits for people. */
export const WITHDRAWAL_STATUSES = [
  ...(['pending_approval', 'approved', 'processing', 'completed'] as const),
  ...(['rejected', 'cancelled', 'expired', 'failed', 'manual_review'] as const),
] as const;

export type WithdrawalStatus = (typeof WITHDRAWAL_STATUSES)[number];

const ENDS: ReadonlySet<WithdrawalStatus> = new Set<WithdrawalStatus>([
  ...(['completed', 'rejected', 'cancelled', 'expired', 'failed'] as const),
]);

/** Nothing more can come of it. */
export function isOver(status: WithdrawalStatus): boolean {
  return ENDS.has(status);
}

/** Of which something may come still. */
export const OPEN_WITHDRAWALS = WITHDRAWAL_STATUSES.filter((status) => !isOver(status));
