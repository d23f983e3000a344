import test from 'ava';
import { bearer, PASSWORD, signedIn, testClock, testIdentity } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';
import {
  authenticator,
  startWithTwoFactor,
  STEP_MS,
  withTwoFactor,
  wrong,
} from '../../testing/two-factor.ts';

test('Two-factor is turned on soon after signing in alone: a stolen token closes the account to nobody', async (t) => {
  const clock = testClock();
  const { call, knex } = await startApi(t, {}, { identity: testIdentity({ now: clock.now }) });
  const { headers } = await signedIn(call, 'ada@example.com');
  const post = (path: string, body?: object) => call<{ secret: string }>('POST', path, body, headers);
  const { secret } = (await post('/auth/2fa/setup')).body;
  clock.pass(5 * 60_000 + 1);
  for (const [path, body] of [
    ['/auth/2fa/setup'],
    ['/auth/2fa/enable', { code: authenticator(secret, clock.now)() }],
  ] as const) {
    const { status, text } = await post(path, body);
    t.is(status, 403, path);
    t.regex(text, /Sign in again/);
  }
  t.is((await knex('second_factors').whereNotNull('enabled_at')).length, 0);
});

test('Two-factor is turned off with both factors, and what belonged to it is gone', async (t) => {
  const { call, knex, clock, ada, code, recoveryCodes, login, post } = await startWithTwoFactor(t);
  const disable = (password: string, shown: string) => post('/auth/2fa/disable', { password, code: shown });
  t.is((await disable('Wrong-Horse-7', code())).status, 401);
  t.is((await disable(PASSWORD, wrong(code()))).status, 401);
  t.regex((await post('/auth/2fa/disable', { code: code() })).text, /Send your password/);
  t.deepEqual((await disable(PASSWORD, code())).body, { message: 'Two-factor authentication is off' });
  t.is((await login()).status, 200);
  t.deepEqual([await knex('second_factors'), await knex('recovery_codes')], [[], []]);
  for (const path of ['/auth/2fa/disable', '/auth/2fa/verify'])
    t.is((await post(path, { password: PASSWORD, code: code() })).status, 409, path);

  // On again it is another secret with other recovery codes.
  await withTwoFactor(call, ada.headers, clock.now);
  clock.pass(STEP_MS);
  t.is((await login(code())).status, 401);
  t.is((await login(recoveryCodes[0])).status, 401);
});

test('Who has no password turns two-factor off with a code, soon after signing in', async (t) => {
  const { knex, clock, ada, code, login, post, withToken } = await startWithTwoFactor(t);
  const { pre_2fa_token } = (await login()).body;
  // As somebody who has signed up by a provider.
  await knex('users').where({ id: ada.id }).update({ password_hash: null });
  clock.pass(4 * 60_000);
  const { access_token } = (await withToken(pre_2fa_token, code())).body;
  const disable = (headers: { Authorization: string }) =>
    post('/auth/2fa/disable', { code: code() }, headers);
  clock.pass(2 * 60_000);
  t.is((await post('/auth/2fa/verify', { code: code() })).status, 200);
  clock.pass(STEP_MS);
  const stale = await disable(ada.headers);
  t.is(stale.status, 403);
  t.regex(stale.text, /Sign in again/);
  t.is((await post('/auth/2fa/disable', { code: wrong(code()) }, bearer(access_token))).status, 401);
  t.is((await disable(bearer(access_token))).status, 200);
  t.deepEqual(await knex('second_factors'), []);
});
