import type { Knex } from 'knex';
import type { AuditAction } from './audit-actions.ts';
import { AuditLog } from './models/audit-log.ts';

export interface AuditFilter {
  /** What this user did, and what was done to them. */
  userId?: string | undefined;
  action?: AuditAction | undefined;
  /** Inclusive. */
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
  /** Entries written before the one with this id. */
  before?: number | undefined;
  limit: number;
}

/** Newest first. */
export async function listAuditLogs(knex: Knex, filter: AuditFilter): Promise<AuditLog[]> {
  const { userId, action, from, to, before, limit } = filter;
  const query = AuditLog.query(knex).orderBy('id', 'desc').limit(limit);
  if (userId !== undefined)
    void query.where((row) => row.where({ user_id: userId }).orWhere({ target: `user/${userId}` }));
  if (action !== undefined) void query.where({ action });
  if (from !== undefined) void query.where('created_at', '>=', from);
  if (to !== undefined) void query.where('created_at', '<', to);
  if (before !== undefined) void query.where('id', '<', before);
  return query;
}

/** Where a chain ends. */
export interface AuditHead {
  chain: string;
  number: number;
  /** In hex. */
  hash: string;
}

/** Where every chain ends that has an entry, or those that went on within so many minutes. */
export async function listAuditHeads(knex: Knex, withinMinutes?: number): Promise<AuditHead[]> {
  const query = knex('audit_heads')
    .where('number', '>', 0)
    .select('chain', 'number', knex.raw(`encode(hash, 'hex') AS hash`));
  if (withinMinutes !== undefined)
    void query.whereRaw('changed_at > now() - make_interval(mins => ?)', [withinMinutes]);
  return query;
}

/** Whether any entry is sealed under one of these keys; null where there is no entry yet. */
export async function isSealedUnder(knex: Knex, keyIds: readonly string[]): Promise<boolean | null> {
  if (await knex('audit_logs').whereIn('key_id', keyIds).first('id')) return true;
  return (await knex('audit_logs').first('id')) ? false : null;
}
