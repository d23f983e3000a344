import { randomUUID } from 'node:crypto';
import test from 'ava';
import { contractsOf } from '../../app.ts';
import { bearer, PASSWORD, signedIn, testClock, testIdentity } from '../../testing/identity.ts';
import { startApi, TEST_SETTINGS } from '../../testing/start-api.ts';
import { startWithTwoFactor, withTwoFactor } from '../../testing/two-factor.ts';

test('trading-api 72: with two-factor on, what is sensitive asks for a code not older than 5 minutes', async (t) => {
  const { call, clock, code, post, ada } = await startWithTwoFactor(t);
  const change = () =>
    post('/auth/change-password', { current_password: PASSWORD, new_password: 'battery-Staple-8' });
  const disable = () => post('/auth/2fa/disable', { password: PASSWORD, code: code() });
  clock.pass(5 * 60_000);
  for (const refused of [await change(), await disable()]) {
    t.is(refused.status, 403);
    t.is(refused.body['code'], 'step_up_required');
    t.regex(String(refused.body['detail']), /POST \/auth\/2fa\/verify/);
  }
  const verified = await post('/auth/2fa/verify', { code: code() });
  t.is(verified.status, 200);
  t.is(verified.body['fresh_until'], new Date(clock.now().getTime() + 5 * 60_000).toISOString());
  clock.pass(5 * 60_000);
  t.is((await change()).status, 200);

  // A session that was opened without one is asked for one; who has no second factor is not.
  const { headers } = await signedIn(call, 'grace@example.com');
  clock.pass(10 * 60_000);
  const sent = { current_password: PASSWORD, new_password: 'battery-Staple-8' };
  t.is((await call('POST', '/auth/change-password', sent, headers)).status, 200);
  t.is((await call('GET', '/auth/sessions', undefined, ada.headers)).status, 401);
});

/** What changes how an account is guarded, or with whose money it trades. */
const SENSITIVE = [
  'delete /account/api-keys/{exchange}',
  'post /account/api-keys',
  'post /account/telegram/confirm',
  'post /account/telegram/link',
  'post /api/v1/admin/approve-withdrawal/{id}',
  'post /api/v1/admin/fund/freeze',
  'post /api/v1/admin/fund/unfreeze',
  'post /api/v1/admin/reject-withdrawal/{id}',
  'post /api/v1/admin/resolve-withdrawal/{id}',
  'post /api/v1/wallet/addresses',
  'post /api/v1/wallet/withdraw-request',
  'post /auth/2fa/disable',
  'post /auth/change-password',
  'post /auth/users/{id}/disable',
  'post /auth/users/{id}/enable',
  'put /account/api-keys/{exchange}',
  'put /auth/users/{id}/role',
];

test('trading-api 72: exactly the routes that are sensitive ask for a code not older than 5 minutes', async (t) => {
  const settings = { ...TEST_SETTINGS, authRequired: true };
  const { call, clock, ada, knex } = await startWithTwoFactor(t, settings);
  await knex('users').where({ id: ada.id }).update({ role: 'admin' });
  clock.pass(5 * 60_000);
  const [user, session] = [
    await knex('users').where({ id: ada.id }).first(),
    await knex('sessions').where({ user_id: ada.id }).first(),
  ];
  const asking: string[] = [];
  const routes = new Set(contractsOf(settings).flatMap((one) => one.routes));
  for (const { method, path, body: schema } of routes) {
    const address = path.replaceAll(/\{\w+\}/g, () => randomUUID());
    const answer = await call(method.toUpperCase(), address, schema && {}, ada.headers);
    t.not(answer.status, 401, `${method} ${path}`);
    if (/code not older than 5 minutes/.test(answer.text)) {
      asking.push(`${method} ${path}`);
      t.is(answer.status, 403);
      // The fund's envelope has a text alone.
      if (!path.startsWith('/api/v1/')) t.is(answer.body['code'], 'step_up_required');
    }
    // Some end the session, which the next is called with.
    await knex('users').where({ id: ada.id }).update({ token_version: user.token_version });
    await knex('sessions').where({ id: session.id }).update({ ended_at: session.ended_at });
  }
  t.deepEqual(asking.toSorted(), SENSITIVE);
});

test('trading-api 72: a code shown in one session does for no other', async (t) => {
  const { call, clock, code, login, withToken, post } = await startWithTwoFactor(t);
  const { body: first } = await login(code());
  clock.pass(5 * 60_000 + 1);
  const { pre_2fa_token } = (await login()).body;
  const { body: second } = await withToken(pre_2fa_token, code());
  const change = (token: string) =>
    post('/auth/change-password', { current_password: PASSWORD, new_password: 'short' }, bearer(token));
  t.is((await change(first.access_token)).status, 403);
  t.is((await change(second.access_token)).status, 400);
  t.is((await call('POST', '/auth/refresh', { refresh_token: first.refresh_token })).status, 200);
});

test('In production an admin without two-factor reaches nothing but its setup and the way out', async (t) => {
  const clock = testClock();
  const identity = testIdentity({ now: clock.now, environment: 'production' });
  const { call, knex } = await startApi(t, {}, { identity });
  const { id, headers } = await signedIn(call, 'admin@example.com');
  await knex('users').where({ id }).update({ role: 'admin' });
  for (const [method, path] of [
    ['GET', '/auth/users'],
    ['GET', '/auth/sessions'],
    ['POST', '/auth/change-password'],
    ['POST', '/auth/2fa/verify'],
  ] as const) {
    const { status, body } = await call(method, path, method === 'POST' ? {} : undefined, headers);
    t.is(status, 403, path);
    t.is(body['code'], 'two_factor_setup_required');
    t.regex(String(body['detail']), /POST \/auth\/2fa\/setup/);
  }
  t.is((await call('GET', '/auth/2fa/status', undefined, headers)).status, 200);
  await withTwoFactor(call, headers, clock.now);
  const { status, body } = await call<{ email: string; totp_enabled: boolean }[]>(
    ...(['GET', '/auth/users', undefined, headers] as const),
  );
  t.is(status, 200);
  t.deepEqual(
    body.filter(({ email }) => email === 'admin@example.com').map(({ totp_enabled }) => totp_enabled),
    [true],
  );
  const another = await signedIn(call, 'leaving@example.com');
  await knex('users').where({ id: another.id }).update({ role: 'admin' });
  t.is((await call('POST', '/auth/logout', undefined, another.headers)).status, 200);
  // A user is not asked for it.
  const user = await signedIn(call, 'user@example.com');
  t.is((await call('GET', '/auth/sessions', undefined, user.headers)).status, 200);
});
