import type { Knex } from 'knex';
import { recordAudit, type By } from '../audit.ts';
import type { AuditAction } from '../audit-actions.ts';
import { tellOfWithdrawal } from './withdrawal-event.ts';
import type { WithdrawalRequest } from './withdrawal-requests.ts';

/** Who did it where nobody did: the withdrawal went on by itself. */
export const BY_ITSELF: By = { userId: null, address: null };

/** The request, held until the transaction ends; undefined for an id that is none's. */
export async function holdWithdrawal(tx: Knex, id: string): Promise<WithdrawalRequest | undefined> {
  return tx<WithdrawalRequest>('withdrawal_requests').where({ id }).forUpdate().first();
}

export interface WithdrawalMove {
  /** What becomes different of the row. */
  change: Partial<Omit<WithdrawalRequest, 'id' | 'user_id' | 'digest' | 'policy' | 'created_at'>>;
  at: Date;
  action: AuditAction;
  by: By;
  details?: Record<string, unknown>;
}

/**
 * Moves a held request on: its row, an event for whoever is told, an entry in the audit log with what was before and after.
 * A transaction's last statement. Returns the row as it is now.
 */
export async function moveWithdrawal(
  tx: Knex,
  before: WithdrawalRequest,
  { change, at, action, by, details = {} }: WithdrawalMove,
): Promise<WithdrawalRequest> {
  const { id, user_id } = before;
  const [after] = await tx<WithdrawalRequest>('withdrawal_requests')
    .where({ id })
    .update({ ...change, updated_at: at } as Partial<WithdrawalRequest>)
    .returning('*');
  if (after!.status !== before.status) await tellOfWithdrawal(tx, after!);
  await recordAudit(tx, {
    ...{ subject: `user/${user_id}`, action, ...by, target: `withdrawal/${id}` },
    details: { ...details, before: standing(before), after: standing(after!) },
  });
  return after!;
}

function standing({ status, step }: WithdrawalRequest): { status: string; step: string | null } {
  return { status, step };
}
