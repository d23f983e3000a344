import { keepOperatorsChat } from '../../../db/notification-settings.ts';
import test from 'ava';
import { signedIn } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

test('what one is told of is read and changed by kind; what is for admins is theirs alone', async (t) => {
  const { call, knex } = await startApi(t, { authRequired: true });
  const { headers } = await signedIn(call, 'ada@example.com');
  const path = '/account/notifications';
  const { body } = await call('GET', path, undefined, headers);
  t.is(body['order_filled'], 'on');
  t.false('withdrawal_waits' in body);
  const change = { order_filled: 'silent', digest: 'off', withdrawal_waits: 'off' };
  const changed = await call('PUT', path, change, headers);
  t.like(changed.body, { order_filled: 'silent', digest: 'off', deposit: 'on' });
  t.is((await call('PUT', path, { digest: 'on' }, headers)).body['order_filled'], 'silent');
  t.is((await call('PUT', path, { digest: 'loud' }, headers)).status, 422);
  t.is((await knex('notification_settings').where({ kind: 'withdrawal_waits' })).length, 0);
});

test('Telegram is switched off and on: with sign-in for the chat that is linked, else for the one of the installation', async (t) => {
  const { call, knex } = await startApi(t, { authRequired: true });
  const { headers } = await signedIn(call, 'ada@example.com');
  const path = '/api/v1/telegram';
  t.deepEqual((await call('GET', `${path}/status`, undefined, headers)).body, { connected: false });
  t.is((await call('POST', `${path}/connect`, undefined, headers)).status, 404);
  const { id: user_id } = await knex('users').where({ email: 'ada@example.com' }).first<{ id: string }>();
  await knex('telegram_links').insert({ user_id, telegram_id: 7, name: 'Ada', linked_at: new Date() });
  for (const [name, connected] of [
    ['disconnect', false],
    ['connect', true],
  ] as const) {
    t.deepEqual((await call('POST', `${path}/${name}`, undefined, headers)).body, { connected });
    t.deepEqual((await call('GET', `${path}/status`, undefined, headers)).body, { connected });
  }

  const alone = await startApi(t, {}, { knex });
  await keepOperatorsChat(knex, 77);
  for (const [name, connected] of [
    ['disconnect', false],
    ['connect', true],
  ] as const) {
    t.deepEqual((await alone.call('POST', `${path}/${name}`)).body, { connected });
    t.deepEqual((await alone.call('GET', `${path}/status`)).body, { connected });
    t.is((await knex('operators_chat').first()).is_on, connected);
  }
  await keepOperatorsChat(knex, null);
  t.deepEqual((await alone.call('GET', `${path}/status`)).body, { connected: false });
  t.is((await alone.call('POST', `${path}/connect`)).status, 404);
});
