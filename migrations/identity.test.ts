import test from 'ava';
import { migrations, migrateToLatest } from '../db/migrations.ts';
import { blankDatabase, freshDatabase } from '../runtime/testing/database.ts';

const AT = new Date('2026-01-01T00:00:00Z');

const REFUSED: [constraint: string, table: string, row: Record<string, unknown>][] = [
  ['users_email_check', 'users', { name: 'Ada', email: 'Ada@example.com' }],
  ['users_email_key', 'users', { name: 'Ada', email: 'owner@example.com' }],
  ['users_role_check', 'users', { name: 'Ada', role: 'root' }],
  ['users_password_hash_check', 'users', { name: 'Ada', password_hash: 'correct-Horse-7' }],
  ['sessions_expires_at_check', 'sessions', { expires_at: AT }],
  ['refresh_tokens_token_hash_check', 'refresh_tokens', { token_hash: Buffer.from('token') }],
  ['second_factors_last_step_check', 'second_factors', { last_step: -1 }],
  ['second_factors_enabled_at_check', 'second_factors', { enabled_at: AT }],
  ['recovery_codes_code_hash_check', 'recovery_codes', { code_hash: Buffer.from('code') }],
  ['recovery_codes_pkey', 'recovery_codes', { code_hash: Buffer.alloc(32, 3) }],
  ['known_devices_token_hash_check', 'known_devices', { token_hash: Buffer.from('token') }],
  ['known_devices_token_hash_key', 'known_devices', { token_hash: Buffer.alloc(32, 4) }],
  ['known_devices_expires_at_check', 'known_devices', { expires_at: AT }],
  ['login_attempts_pkey', 'login_attempts', { source: '' }],
  ['refresh_tokens_current_key', 'refresh_tokens', { token_hash: Buffer.alloc(32, 2) }],
];

for (const [constraint, table, row] of REFUSED) {
  test(`${constraint} refuses ${JSON.stringify(row)}`, async (t) => {
    const { knex } = await freshDatabase(t);
    const [user] = await knex('users').insert({ name: 'Owner', email: 'owner@example.com' }).returning('*');
    const times = { created_at: AT, last_seen_at: AT, expires_at: new Date(AT.getTime() + 1) };
    const session = { user_id: user.id, user_agent: '', address: '', ...times };
    const [{ id }] = await knex('sessions').insert(session).returning('id');
    const token = { session_id: id, token_hash: Buffer.alloc(32, 1), issued_at: AT };
    await knex('refresh_tokens').insert(token);
    const factor = { user_id: user.id, sealed_secret: '', sealed_key_id: '', created_at: AT };
    const code = { user_id: user.id, code_hash: Buffer.alloc(32, 3) };
    const device = { user_id: user.id, token_hash: Buffer.alloc(32, 4), created_at: AT };
    const known = { ...device, expires_at: times.expires_at };
    const attempt = { email: 'owner@example.com', failed_at: [AT] };
    await knex('second_factors').insert(factor);
    await knex('recovery_codes').insert(code);
    await knex('known_devices').insert(known);
    await knex('login_attempts').insert(attempt);
    const complete = {
      ...{ users: {}, sessions: session, refresh_tokens: token },
      ...{ second_factors: factor, recovery_codes: code, known_devices: known, login_attempts: attempt },
    }[table];
    const error = await t.throwsAsync<Error & { constraint?: string }>(async () =>
      knex(table).insert({ ...complete, ...row }),
    );
    t.is(error.constraint, constraint);
  });
}

test('With a user go their sessions, tokens, second factor and devices', async (t) => {
  const { knex } = await freshDatabase(t);
  const { rows } = await knex.raw<{ rows: { definition: string }[] }>(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE contype = 'f' AND conrelid IN ('sessions'::regclass, 'refresh_tokens'::regclass,
       'second_factors'::regclass, 'recovery_codes'::regclass, 'known_devices'::regclass)`,
  );
  t.is(rows.length, 5);
  for (const { definition } of rows) t.regex(definition, /ON DELETE CASCADE$/);
});

test('Where two users have one address in two cases the migration says which and what to do', async (t) => {
  const { knex } = await blankDatabase(t);
  const before = {
    getMigrations: async () => (await migrations.getMigrations([])).filter((name) => name < '0015'),
  };
  await knex.migrate.latest({ migrationSource: { ...migrations, ...before } });
  const emails = ['ada@example.com', 'Ada@example.com', 'grace@example.com', null, null];
  const users = await knex('users')
    .insert(emails.map((email) => ({ name: 'Ada', email })))
    .returning('id');
  const [first, second] = users
    .slice(0, 2)
    .map(({ id }) => String(id))
    .toSorted();
  const error = await t.throwsAsync(migrateToLatest(knex));
  t.true(error.message.includes(`case only: ${first} and ${second}. One address`));
  t.false(error.message.includes('example.com'));
  await knex('users').where({ id: second }).update({ email: null });
  await t.notThrowsAsync(migrateToLatest(knex));
});
