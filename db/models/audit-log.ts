import { Model } from 'objection';
import type { AuditAction } from '../audit-actions.ts';

/** A row of `audit_logs`, which `db/audit.ts` alone writes. Give every query its knex instance: `AuditLog.query(knex)`. */
export class AuditLog extends Model {
  static override tableName = 'audit_logs';

  declare id: number;
  /** `user/<id>`, `bot/<id>` or `system`; entries are numbered within it, from 1 on. */
  declare chain: string;
  declare number: number;
  /** Who did it, or for whom a bot did. */
  declare user_id: string | null;
  declare actor_ip: string | null;
  declare action: AuditAction;
  declare target: string;
  declare details: Record<string, unknown>;
  declare created_at: Date;
  declare key_id: string;
  declare hash: Buffer;
}
