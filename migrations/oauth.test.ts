import test from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';

const AT = new Date('2026-01-01T00:00:00Z');

const REFUSED: [constraint: string, table: string, row: Record<string, unknown>][] = [
  ['user_identities_issuer_subject_key', 'user_identities', {}],
  ['oauth_transactions_pkey', 'oauth_transactions', {}],
  ['oauth_transactions_hashes_check', 'oauth_transactions', { state_hash: Buffer.from('state') }],
  ['oauth_transactions_hashes_check', 'oauth_transactions', { browser_hash: Buffer.from('browser') }],
  ['oauth_transactions_code_verifier_check', 'oauth_transactions', { code_verifier: 'v'.repeat(42) }],
  ['oauth_transactions_expires_at_check', 'oauth_transactions', { expires_at: AT }],
];

test("An identity is one user's, and a sign-in that is begun is whole", async (t) => {
  const { knex } = await freshDatabase(t);
  const [{ id: user_id }] = await knex('users').insert({ name: 'Owner' }).returning('id');
  const rows: Record<string, object> = {
    user_identities: {
      ...{ user_id, provider: 'google', issuer: 'https://provider.example', subject: '1', created_at: AT },
    },
    oauth_transactions: {
      ...{ state_hash: Buffer.alloc(32, 1), browser_hash: Buffer.alloc(32, 2), provider: 'google' },
      ...{
        nonce: 'n',
        code_verifier: 'v'.repeat(43),
        created_at: AT,
        expires_at: new Date(AT.getTime() + 1),
      },
    },
  };
  for (const [table, row] of Object.entries(rows)) await knex(table).insert(row);
  for (const [constraint, table, row] of REFUSED) {
    const error = await t.throwsAsync<Error & { constraint?: string }>(async () =>
      knex(table).insert({ ...rows[table], ...row }),
    );
    t.is(error.constraint, constraint);
  }
  await knex('users').where({ id: user_id }).delete();
  t.deepEqual(await knex('user_identities'), []);
});
