import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ExchangeAccount } from '../../db/models/exchange-account.ts';
import type { Credentials } from '../../exchanges/port.ts';
import type { Vault } from '../../exchanges/vault.ts';

/** So many paper accounts of one user, the API key of each `key of <id>`; returns their ids. */
export async function addSealedAccounts(knex: Knex, vault: Vault, count: number): Promise<string[]> {
  const [{ id: user_id }] = (await knex('users').insert({ name: 'Owner' }).returning('id')) as [
    { id: string },
  ];
  const rows = Array.from({ length: count }, () => {
    const id = randomUUID();
    const at = { accountId: id, userId: user_id, exchange: 'Binance', kind: 'paper' } as const;
    const { sealed, keyId } = vault.seal({ apiKey: `key of ${id}`, secret: 'secret' }, at);
    const facts = { id, user_id, exchange: 'Binance', label: id, kind: 'paper', api_key_last4: 'abcd' };
    return { ...facts, sealed, sealed_key_id: keyId };
  });
  await knex.batchInsert('exchange_accounts', rows, 500);
  return rows.map(({ id }) => id);
}

/** Enters other keys for an account, as a process that has this vault does. */
export async function enterKeys(knex: Knex, vault: Vault, id: string, keys: Credentials): Promise<void> {
  const {
    user_id: userId,
    exchange,
    kind,
  } = await ExchangeAccount.query(knex).findById(id).throwIfNotFound();
  const { sealed, keyId } = vault.seal(keys, { accountId: id, userId, exchange, kind });
  await knex('exchange_accounts').where({ id }).update({ sealed, sealed_key_id: keyId });
}

/** All accounts' keys by id. Throws where one row does not open. */
export async function openAllAccounts(knex: Knex, vault: Vault): Promise<Map<string, Credentials>> {
  const rows = await ExchangeAccount.query(knex);
  return new Map(
    rows.map(({ id, user_id: userId, exchange, kind, sealed }) => [
      id,
      vault.open(sealed, { accountId: id, userId, exchange, kind }),
    ]),
  );
}
