import { randomUUID } from 'node:crypto';
import test from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';
import { deleteOldAttempts, recordFailure } from './login-attempts.ts';
import { deleteOldSessions, insertSession } from './sessions.ts';

const DAY_MS = 24 * 3_600_000;

test('What is long over is forgotten: sessions with their tokens, failed sign-ins', async (t) => {
  const { knex } = await freshDatabase(t);
  const [{ id: user_id }] = await knex('users').insert({ name: 'Owner' }).returning('id');
  const before = (days: number) => new Date(Date.now() - days * DAY_MS);
  const session = { user_id, user_agent: 'Phone', address: '127.0.0.1' };
  for (const days of [32, 29]) {
    const token = { token: `token ${days}`, expiresAt: before(days) };
    await insertSession(knex, { ...session, id: randomUUID() }, token, before(days + 7));
    await recordFailure(
      knex,
      { email: `${days}@example.com`, address: '127.0.0.1' },
      { failures: 5, ms: 60_000 },
      before(days),
    );
  }
  t.is(await deleteOldSessions(knex, 30), 1);
  t.is((await knex('refresh_tokens')).length, 1);
  t.is(await deleteOldAttempts(knex, 30), 1);
  t.is((await knex('login_attempts')).length, 1);
});
