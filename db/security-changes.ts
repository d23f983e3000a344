import type { Knex } from 'knex';
import type { AuditAction } from './audit-actions.ts';

/** What whoever takes an account over would do first. */
const CHANGES: readonly AuditAction[] = [
  'auth.change_password',
  'two_factor.enable',
  'two_factor.disable',
  'two_factor.reset',
  'two_factor.recovery_code',
  'identity.link',
];

/** When password, second factor or ways in of a user changed last, epoch ms; null where they never did. As the audit log has it. */
export async function securityChangedAt(knex: Knex, userId: string): Promise<number | null> {
  const row = await knex('audit_logs')
    .where({ chain: `user/${userId}` })
    .whereIn('action', CHANGES)
    .orderBy('number', 'desc')
    .first<{ created_at: Date } | undefined>('created_at');
  return row?.created_at.getTime() ?? null;
}
