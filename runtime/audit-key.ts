import type { Knex } from 'knex';
import type { AuditKey } from '../db/audit-seal.ts';
import { isSealedUnder } from '../db/audit-log.ts';
import { ConfigurationError } from './configuration.ts';

/**
 * Throws `ConfigurationError` where the audit log has entries and none is sealed under any of the keys: whatever was recorded now
 * would be under a secret that nobody verifies with. A new SECRET_KEY comes with the former one as SECRET_KEY_PREVIOUS.
 */
export async function requireKnownKey(knex: Knex, keys: readonly AuditKey[]): Promise<void> {
  const ids = keys.map(({ id }) => id);
  if ((await isSealedUnder(knex, ids)) !== false) return;
  throw new ConfigurationError(
    'SECRET_KEY is not the one that the audit log of this database is sealed with: it must be the same as the API has, ' +
      'or what is recorded now could never be verified. Nothing was done. ' +
      'Where SECRET_KEY is being replaced everywhere, set SECRET_KEY_PREVIOUS to the one before.',
  );
}
