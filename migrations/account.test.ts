import test from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';

test('risk settings and warnings are what they may be, and a user has one row', async (t) => {
  const { knex } = await freshDatabase(t);
  const [{ id: user_id }] = await knex('users').insert({ name: 'Ada' }).returning('id');
  const account = { user_id, exchange: 'Binance', label: 'x', kind: 'live', api_key_last4: 'abcd' };
  const sealed = { sealed: Buffer.alloc(1), sealed_key_id: 'k' };
  const refused: [constraint: string, table: string, row: object][] = [
    ['risk_settings_max_leverage_check', 'risk_settings', { user_id, max_leverage: 0 }],
    ['risk_settings_max_leverage_check', 'risk_settings', { user_id, max_leverage: 126 }],
    ['risk_settings_max_positions_check', 'risk_settings', { user_id, max_positions: 0 }],
    ['risk_settings_max_positions_check', 'risk_settings', { user_id, max_positions: 51 }],
    ['exchange_accounts_warnings_check', 'exchange_accounts', { ...account, ...sealed, warnings: '{}' }],
  ];
  for (const [constraint, table, row] of refused) {
    const error = await t.throwsAsync<Error & { constraint?: string }>(async () => knex(table).insert(row));
    t.is(error.constraint, constraint);
  }
  const [row] = await knex('risk_settings').insert({ user_id }).returning('*');
  t.like(row, { max_leverage: 10, max_positions: 5 });
  const again = await t.throwsAsync<Error & { constraint?: string }>(async () =>
    knex('risk_settings').insert({ user_id }),
  );
  t.is(again.constraint, 'risk_settings_pkey');
  await knex('users').where({ id: user_id }).delete();
  t.deepEqual(await knex('risk_settings'), []);
});
