import type { Knex } from 'knex';
import type { AuditAction } from './audit-actions.ts';
import { sealOf, type SealedFields } from './audit-seal.ts';
import { auditKeyIn } from './connect.ts';

/** What an entry is about. Each has a chain of its own: two bots never wait for each other, nor two users. */
export type Subject = `user/${string}` | `bot/${string}` | 'system';

export interface AuditEntry {
  subject: Subject;
  action: AuditAction;
  /** Who did it, or for whom a bot did; null where nobody is known. */
  userId: string | null;
  /** Where they did it from; null where that is not known. */
  address: string | null;
  /** What it was done to, as `order/<id>`, where that is not the subject. */
  target?: string;
  /** JSON. No secret, and nothing of a person but ids. */
  details?: Record<string, unknown>;
}

/** Who does something, and from where. */
export type By = Pick<AuditEntry, 'userId' | 'address'>;

/** The next entry of a chain, its details as the database prints them. */
type Begun = Pick<SealedFields, 'id' | 'number' | 'created_at' | 'details'> & { previous: string };

/**
 * Writes to the audit log, in the transaction of what is recorded: either both are there or neither. It is a transaction's
 * last statement, once: it holds the chains it writes to until the end, and nobody who holds one waits for anything else but
 * a later one. Fails with SQLSTATE 55P03 where a chain is held by another for 1.5 s.
 */
export async function recordAudit(tx: Knex, ...entries: AuditEntry[]): Promise<void> {
  // In one order for everybody.
  const ordered = entries.toSorted((a, b) => (a.subject < b.subject ? -1 : Number(a.subject > b.subject)));
  for (const entry of ordered) await append(tx, entry);
}

async function append(
  tx: Knex,
  { subject: chain, action, userId, address, target = chain, details = {} }: AuditEntry,
): Promise<void> {
  const key = auditKeyIn(tx);
  const {
    rows: [begun],
  } = await tx.raw<{ rows: [Begun] }>(
    'SELECT begun.*, CAST(? AS jsonb)::text AS details FROM begin_audit_entry(?) AS begun',
    [JSON.stringify(details), chain],
  );
  const { previous, ...next } = begun;
  const actor_ip = address && address.slice(0, 64);
  // As PostgreSQL prints it: what is sealed is what will be read.
  const user_id = userId && userId.toLowerCase();
  const entry = { ...next, chain, user_id, actor_ip, action, target };
  const hash = sealOf(entry, previous, key);
  const row = { ...entry, key_id: key.id, hash };
  await tx
    .with('entry', tx('audit_logs').insert(row))
    .from('audit_heads')
    .where({ chain })
    .update({ number: entry.number, hash, changed_at: tx.raw('clock_timestamp()') });
}
