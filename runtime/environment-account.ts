import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { ensureDefaultOwner } from '../db/owners.ts';
import type { Credentials } from '../exchanges/port.ts';
import type { Vault } from '../exchanges/vault.ts';

const EXCHANGE = 'Binance';
const LABEL = 'Environment';

/**
 * The default owner's live account with the keys of the environment, sealed into its row; changed keys are sealed anew.
 * From then on new bots on that exchange trade with it.
 */
export async function ensureEnvironmentAccount(knex: Knex, vault: Vault, keys: Credentials): Promise<void> {
  const { id: userId } = await ensureDefaultOwner(knex);
  const known = await ExchangeAccount.query(knex).findOne({
    user_id: userId,
    exchange: EXCHANGE,
    label: LABEL,
  });
  const id = known?.id ?? randomUUID();
  const row = { accountId: id, userId, exchange: EXCHANGE, kind: 'live' } as const;
  if (known && isSame(vault.open(known.sealed, row), keys)) return;
  const { sealed, keyId } = vault.seal(keys, row);
  const columns = {
    sealed,
    sealed_key_id: keyId,
    api_key_last4: keys.apiKey.slice(-4),
    updated_at: new Date(),
  };
  if (known) await known.$query(knex).patch(columns);
  else
    await ExchangeAccount.query(knex)
      .insert({
        id,
        user_id: userId,
        exchange: EXCHANGE,
        label: LABEL,
        kind: 'live',
        permissions: ['read', 'trade'],
        ...columns,
      })
      // Another worker that starts at the same time has the same keys.
      .onConflict(['user_id', 'exchange', 'label'])
      .ignore();
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.apiKey === other.apiKey && one.secret === other.secret;
}
