import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** What entries are sealed with. Its id, of which nothing can be learnt about it, is kept in each. */
export interface AuditKey {
  id: string;
  key: Buffer;
}

/**
 * An entry as it is sealed: every column, times and details in the database's own words, so that nothing of a row can change
 * without its seal.
 */
export interface SealedFields {
  id: number;
  chain: string;
  number: number;
  user_id: string | null;
  actor_ip: string | null;
  action: string;
  target: string;
  /** `jsonb` as PostgreSQL prints it. */
  details: string;
  /** UTC, to the microsecond. */
  created_at: string;
}

const FORMAT = 1;

/** The audit log's key under a secret of at least 32 characters. */
export function auditKeyOf(secret: string): AuditKey {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'perpetua audit log 1', 32));
  const id = createHash('sha256').update('id').update(key).digest('hex').slice(0, 12);
  return { id, key };
}

/** The entry's hash, over the one before it in its chain (hex): HMAC-SHA-256, which who has the database alone cannot make. */
export function sealOf(entry: SealedFields, previous: string, { id: keyId, key }: AuditKey): Buffer {
  const { id, chain, number, user_id, actor_ip, action, target, details, created_at } = entry;
  const fields = [id, chain, number, user_id, actor_ip, action, target, details, created_at];
  return createHmac('sha256', key)
    .update(JSON.stringify([FORMAT, keyId, previous, ...fields]))
    .digest();
}
