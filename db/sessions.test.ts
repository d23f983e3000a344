import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';
import { deleteOlder } from './delete-older.ts';
import { deleteOldDevices, insertKnownDevice } from './known-devices.ts';
import { deleteOldAttempts, recordFailure } from './login-attempts.ts';
import { deleteOldTransactions, insertTransaction } from './oauth-transactions.ts';
import { deleteOldSessions, insertSession, listLiveSessions, touchSession } from './sessions.ts';

const DAY_MS = 24 * 3_600_000;

async function setUp(t: ExecutionContext) {
  const { knex } = await freshDatabase(t);
  const [{ id: user_id }] = await knex('users').insert({ name: 'Owner' }).returning('id');
  const open = async (at: Date, token_version = 0) => {
    const id = randomUUID();
    const session = { id, user_id, token_version, by: 'password', user_agent: 'Phone', address: '127.0.0.1' };
    const token = { token: `token of ${id}`, expiresAt: new Date(at.getTime() + 7 * DAY_MS) };
    return (await insertSession(knex, session, token, at)) ? id : null;
  };
  return { knex, userId: user_id as string, open };
}

test('What is long over is forgotten: sessions with their tokens, devices, failed and unfinished sign-ins', async (t) => {
  const { knex, userId, open } = await setUp(t);
  const before = (days: number) => new Date(Date.now() - days * DAY_MS);
  for (const days of [32, 29]) {
    await open(before(days + 7));
    const budget = { email: `${days}@example.com`, source: '' };
    const failure = { budget, userId: null, address: '127.0.0.1' };
    await recordFailure(knex, failure, { failures: 5, ms: 60_000 }, before(days));
  }
  t.is(await deleteOldSessions(knex, 30), 1);
  t.is((await knex('refresh_tokens')).length, 1);
  for (const days of [1, -1]) {
    const device = { userId, token: `token ${days}`, expiresAt: before(days) };
    await insertKnownDevice(knex, device, before(180));
  }
  t.is(await deleteOldDevices(knex), 1);
  t.is((await knex('known_devices')).length, 1);
  t.is(await deleteOldAttempts(knex, 30), 1);
  t.is((await knex('login_attempts')).length, 1);
  const begun = { browser: 'b', provider: 'google', nonce: 'n', code_verifier: 'v'.repeat(43) };
  for (const [state, at] of [
    ['old', before(1)],
    ['new', new Date()],
  ] as const)
    await insertTransaction(knex, { ...begun, state, linking_session_id: null }, at);
  t.is(await deleteOldTransactions(knex), 1);
  t.is((await knex('oauth_transactions')).length, 1);
});

test('However many there are, all that is old is deleted, a batch at a time', async (t) => {
  const { knex, open } = await setUp(t);
  for (let count = 0; count < 5; count++) await open(new Date(Date.now() - 100 * DAY_MS - count));
  const deletes: string[] = [];
  knex.on('query', ({ sql }: { sql: string }) => void (sql.startsWith('delete') && deletes.push(sql)));
  t.is(await deleteOlder(knex, { table: 'sessions', time: 'expires_at', days: 30 }, 2), 5);
  t.is(deletes.length, 3);
});

test('The newest 50 sessions of a user stay, however many are opened at once', async (t) => {
  const { knex, userId, open } = await setUp(t);
  const at = Date.now();
  const oldest = await open(new Date(at - 2_000));
  const second = await open(new Date(at - 1_000));
  for (let count = 0; count < 40; count++) await open(new Date(at));
  await Promise.all(Array.from({ length: 9 }, () => open(new Date(at + 1))));
  const live = async () => (await listLiveSessions(knex, userId, new Date(at))).map(({ id }) => id);
  t.is((await live()).length, 50);
  t.false((await live()).includes(oldest!));
  t.true((await live()).includes(second!));
  t.deepEqual(await knex('sessions').whereNotNull('ended_at').pluck('id'), [oldest]);
  const newest = await open(new Date(at));
  t.true((await live()).includes(newest!));
});

test('No session is opened under a version of the user that is over, nor for who is disabled', async (t) => {
  const { knex, userId, open } = await setUp(t);
  t.is(await open(new Date(), 1), null);
  await knex('users').where({ id: userId }).update({ disabled_at: new Date() });
  t.is(await open(new Date()), null);
  t.deepEqual(await knex('sessions'), []);
});

test('When a session was last in use is written once a minute, also by many at once', async (t) => {
  const { knex, open } = await setUp(t);
  const id = (await open(new Date('2026-01-01T00:00:00Z')))!;
  // All have read the row before any has written it.
  const read = { id, last_seen_at: new Date('2026-01-01T00:00:00Z') };
  await touchSession(knex, read, new Date('2026-01-01T00:01:00Z'));
  await touchSession(knex, read, new Date('2026-01-01T00:01:01Z'));
  const row = await knex('sessions').where({ id }).first();
  t.deepEqual(row.last_seen_at, new Date('2026-01-01T00:01:00Z'));
});
