import test from 'ava';
import type { Knex } from 'knex';
import { freshDatabase } from '../runtime/testing/database.ts';
import { deleteKeys, insertKeys, replaceKeys } from './exchange-keys.ts';
import { factorBudget, recordFailure } from './login-attempts.ts';
import { noticesOf } from './notices.ts';

test('A lock-out is an event of whose sign-in it is, once, with what is locked; that of nobody is none', async (t) => {
  const { knex, user } = await setUp(t);
  const fail = (userId: string | null, budget = { email: 'ada@example.com', source: '' }) =>
    recordFailure(knex, { budget, userId, address: '127.0.0.1' }, { failures: 2, ms: 60_000 }, new Date());
  for (let n = 0; n < 3; n++) {
    await fail(user);
    await fail(user, factorBudget(user));
    await fail(null, { email: 'nobody@example.com', source: '' });
  }
  t.deepEqual(await eventsOf(knex), [
    ['auth.locked_out', user, { seconds: 60, what: 'password' }],
    ['auth.locked_out', user, { seconds: 60, what: 'second_factor' }],
  ]);
});

test('Keys that are added, replaced or deleted are an event each, without a secret', async (t) => {
  const { knex, user } = await setUp(t);
  const sealed = { sealed: Buffer.from('sealed'), sealed_key_id: 'k', permissions: [], warnings: [] };
  const keys = { ...sealed, api_key_last4: 'a1b2' };
  const by = { userId: user, address: '127.0.0.1' };
  const id = '00000000-0000-4000-8000-000000000001';
  const account = { ...keys, id, user_id: user, exchange: 'Binance', kind: 'paper' } as const;
  await insertKeys(knex, account, by);
  await replaceKeys(knex, { id, user_id: user }, { ...keys, api_key_last4: 'c3d4' }, by);
  await deleteKeys(knex, { userId: user, exchange: 'Binance' }, by);
  const of = { exchange: 'Binance', kind: 'paper' };
  t.deepEqual(await eventsOf(knex), [
    ['keys.changed', user, { ...of, change: 'added', last4: 'a1b2' }],
    ['keys.changed', user, { ...of, change: 'replaced', last4: 'c3d4' }],
    ['keys.changed', user, { ...of, change: 'deleted', last4: 'c3d4' }],
  ]);
});

test('A status that is the same as before is no news, nor is a line of the log, nor what has no kind', (t) => {
  const told = (type: string, payload = {}) => noticesOf({ type, payload }).map(({ kind }) => kind);
  t.deepEqual(told('bot.status', { status: 'STOPPED', was: 'ACTIVE' }), ['bot_stopped']);
  t.deepEqual(told('bot.status', { status: 'STOPPED', was: 'STOPPED' }), []);
  t.deepEqual(told('bot.status', { status: 'TANGLED' }), []);
  for (const type of ['log', 'bot.order', 'bot.created']) t.deepEqual(told(type), [], type);
  t.deepEqual(told('bot.trade', { trade: { pnl: '0' } }), ['round_finished']);
  t.deepEqual(told('bot.trade', { trade: { pnl: null } }), ['order_filled']);
});

async function setUp(t: Parameters<typeof freshDatabase>[0]) {
  const { knex } = await freshDatabase(t);
  const [{ id: user }] = (await knex('users').insert({ name: 'Ada' }).returning('id')) as [{ id: string }];
  return { knex, user };
}

const eventsOf = async (knex: Knex) =>
  (await knex('events').orderBy('id')).map(({ type, user_id, payload }) => [type, user_id, payload]);
