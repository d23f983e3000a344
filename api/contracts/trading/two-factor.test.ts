import test from 'ava';
import { bearer, PASSWORD, signedIn, testClock, testIdentity, type Pair } from '../../testing/identity.ts';
import { rolesUnder } from '../../policies.ts';
import { startApi, TEST_SETTINGS } from '../../testing/start-api.ts';
import {
  authenticator,
  startWithTwoFactor,
  STEP_MS,
  withTwoFactor,
  wrong,
} from '../../testing/two-factor.ts';
import { trading } from './index.ts';

test('trading-api 20: two-factor is set up and confirmed with a code; from then on a sign-in asks for one', async (t) => {
  const clock = testClock();
  const { call } = await startApi(t, {}, { identity: testIdentity({ now: clock.now }) });
  const { email, headers } = await signedIn(call, 'ada@example.com');
  const post = (path: string, body?: object) => call<Record<string, string>>('POST', path, body, headers);
  const status = async () => (await call('GET', '/auth/2fa/status', undefined, headers)).body;
  const off = { enabled: false, enabled_at: null, recovery_codes_left: 0, fresh_until: null };
  t.deepEqual(await status(), off);
  t.is((await post('/auth/2fa/enable', { code: '123456' })).status, 409);

  const { body: replaced } = await post('/auth/2fa/setup');
  const { status: made, body } = await post('/auth/2fa/setup');
  t.is(made, 200);
  t.deepEqual(Object.keys(body), ['secret', 'otpauth_url']);
  t.not(body['secret'], replaced['secret']);
  const url = new URL(body['otpauth_url']!);
  t.is(url.protocol + url.host, 'otpauth:totp');
  t.is(decodeURIComponent(url.pathname), `/Perpetua:${email}`);
  t.deepEqual(
    ['issuer', 'secret', 'algorithm', 'digits', 'period'].map((name) => url.searchParams.get(name)),
    ['Perpetua', body['secret'], 'SHA1', '6', '30'],
  );
  // Nothing is asked for while it has not been confirmed.
  t.deepEqual(await status(), off);
  t.is((await call('POST', '/auth/login', { email, password: PASSWORD })).status, 200);

  const code = authenticator(body['secret']!, clock.now);
  for (const refused of [
    wrong(code()),
    '',
    '1234567',
    '12345a',
    '𐀀𐀀𐀀',
    '１２３４５６',
    'ABCD-EFGH-IJKL-MNOP',
  ])
    t.is((await post('/auth/2fa/enable', { code: refused })).status, 401, refused);
  const enabled = await call<{ recovery_codes: string[] }>(
    ...(['POST', '/auth/2fa/enable', { code: code() }, headers] as const),
  );
  t.is(enabled.status, 200);
  t.is(new Set(enabled.body.recovery_codes).size, 10);
  t.like(await status(), { enabled: true, recovery_codes_left: 10 });
  for (const path of ['/auth/2fa/setup', '/auth/2fa/enable'])
    t.is((await post(path, { code: code() })).status, 409, path);

  clock.pass(STEP_MS);
  t.is((await post('/auth/logout')).status, 200);
  t.is((await call('POST', '/auth/login', { email, password: PASSWORD })).status, 401);
  const sent = { email, password: PASSWORD, totp_code: code() };
  const { status: signed, body: pair } = await call<Pair>('POST', '/auth/login', sent);
  t.is(signed, 200);
  t.deepEqual(Object.keys(pair), ['access_token', 'refresh_token', 'token_type']);
  t.is((await call('GET', '/auth/sessions', undefined, bearer(pair.access_token))).status, 200);
});

test('trading-api 20: without a code a sign-in is refused, not counted, and goes on with what it was given', async (t) => {
  const { call, knex, clock, ada, code, login, withToken } = await startWithTwoFactor(t);
  await call('POST', '/auth/login', { email: ada.email, password: 'Wrong-Horse-7' });
  for (let count = 0; count < 6; count++) t.is((await login()).status, 401);
  const refused = await login('');
  t.is(refused.status, 401);
  const { pre_2fa_token, ...rest } = refused.body as object & { pre_2fa_token: string };
  t.deepEqual(rest, { detail: 'Two-factor code required', two_factor_required: true });
  t.deepEqual(await knex('login_attempts'), []);
  // Who does not know the password learns nothing of it.
  const stranger = await call('POST', '/auth/login', { email: ada.email, password: 'Wrong-Horse-7' });
  t.deepEqual(stranger.body, { detail: 'Invalid email or password' });

  t.is((await withToken(pre_2fa_token, wrong(code()))).status, 401);
  const { status, body } = await withToken(pre_2fa_token, code());
  t.is(status, 200);
  t.deepEqual(Object.keys(body), ['access_token', 'refresh_token', 'token_type']);
  t.is((await call('GET', '/auth/sessions', undefined, bearer(body.access_token))).status, 200);
  clock.pass(STEP_MS);
  // It opens one session.
  t.is((await withToken(pre_2fa_token, code())).status, 401);
});

test('trading-api 20: a pre-2FA token is good for 5 minutes, for that step alone, and nothing else is good for it', async (t) => {
  const { call, knex, clock, ada, code, login, withToken } = await startWithTwoFactor(t);
  const { pre_2fa_token } = (await login()).body;
  for (const { method, path, policy } of trading(TEST_SETTINGS).routes) {
    if (!rolesUnder(policy, TEST_SETTINGS)) continue;
    const { status } = await call(method.toUpperCase(), path, undefined, bearer(pre_2fa_token));
    t.is(status, 401, `${method} ${path}`);
  }
  t.is((await call('POST', '/auth/refresh', { refresh_token: pre_2fa_token })).status, 401);
  for (const other of [ada.access_token, ada.refresh_token, 'rubbish'])
    t.is((await withToken(other, code())).status, 401);
  for (const [change, back] of [
    [{ disabled_at: clock.now() }, { disabled_at: null }],
    [{ token_version: 1 }, { token_version: 0 }],
  ] as const) {
    await knex('users').where({ id: ada.id }).update(change);
    t.is((await withToken(pre_2fa_token, code())).status, 401);
    await knex('users').where({ id: ada.id }).update(back);
  }
  clock.pass(5 * 60_000 + 6_000);
  t.is((await withToken(pre_2fa_token, code())).status, 401);
  const { body } = await login();
  t.is((await withToken(body.pre_2fa_token, code())).status, 200);
});

test('A code is accepted once, also of ten sent at once, and its step is past for the ones before it', async (t) => {
  const { clock, code, login, post } = await startWithTwoFactor(t);
  const before = code();
  clock.pass(STEP_MS);
  const answers = await Promise.all(Array.from({ length: 10 }, () => login(code())));
  t.is(answers.filter(({ status }) => status === 200).length, 1);
  for (const { status, text } of answers) if (status !== 200) t.regex(text, /was used already/);
  t.is((await post('/auth/2fa/verify', { code: code() })).status, 401);
  t.is((await login(before)).status, 401);
  clock.pass(STEP_MS);
  // Those who had the right code were no guessers: the factor is not locked.
  t.is((await login(code())).status, 200);
});

test('A code of the step before or after is good, one further off is not', async (t) => {
  const { clock, secret, login } = await startWithTwoFactor(t);
  clock.pass(10 * STEP_MS);
  const steps = (count: number) =>
    authenticator(secret, () => new Date(clock.now().getTime() + count * STEP_MS))();
  for (const [count, status] of [
    [-2, 401],
    [2, 401],
    [-1, 200],
    [1, 200],
  ] as const)
    t.is((await login(steps(count))).status, status, String(count));
});

test('A recovery code is accepted in place of a code, once, also of ten sent at once', async (t) => {
  const { call, ada, clock, recoveryCodes, login, withToken } = await startWithTwoFactor(t);
  const [first, second = ''] = recoveryCodes;
  const answers = await Promise.all(Array.from({ length: 10 }, () => login(first)));
  t.is(answers.filter(({ status }) => status === 200).length, 1);
  const left = async () =>
    (await call('GET', '/auth/2fa/status', undefined, ada.headers)).body['recovery_codes_left'];
  t.is(await left(), 9);
  clock.pass(15 * 60_000);
  const { pre_2fa_token } = (await login()).body;
  t.is((await withToken(pre_2fa_token, second.toLowerCase().replaceAll('-', ' '))).status, 200);
  t.is(await left(), 8);
});

test('trading-api 71: the audit log says by what somebody signed in, and that a recovery code was used', async (t) => {
  const { knex, ada, code, recoveryCodes, login, withToken } = await startWithTwoFactor(t);
  const { pre_2fa_token } = (await login()).body;
  await withToken(pre_2fa_token, code());
  await login(recoveryCodes[0]);
  const entries = await knex('audit_logs').where({ user_id: ada.id }).orderBy('id').offset(2);
  t.deepEqual(
    entries.map(({ action, details: { by, second_factor } }) => [action, by, second_factor]),
    [
      ['two_factor.enable', undefined, undefined],
      ['auth.sign_in', 'password', true],
      ['two_factor.recovery_code', undefined, undefined],
      ['auth.sign_in', 'password', true],
    ],
  );
  t.false(JSON.stringify(entries).includes(recoveryCodes[0]!.slice(0, 4)));
});

test('Of ten that enable at once one alone is given recovery codes', async (t) => {
  const clock = testClock();
  const { call, knex } = await startApi(t, {}, { identity: testIdentity({ now: clock.now }) });
  const { headers } = await signedIn(call, 'ada@example.com');
  const { body } = await call<{ secret: string }>('POST', '/auth/2fa/setup', undefined, headers);
  const sent = { code: authenticator(body.secret, clock.now)() };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call('POST', '/auth/2fa/enable', sent, headers)),
  );
  t.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, ...Array.from({ length: 9 }, () => 409)],
  );
  t.is((await knex('recovery_codes')).length, 10);
});

test('Five wrong codes lock the factor for 15 minutes, and nothing else', async (t) => {
  const { call, clock, ada, code, recoveryCodes, login, withToken, post } = await startWithTwoFactor(t);
  const { pre_2fa_token } = (await login()).body;
  const attempts = [
    () => login(wrong(code())),
    () => withToken(pre_2fa_token, wrong(code())),
    () => post('/auth/2fa/verify', { code: wrong(code()) }),
    () => post('/auth/2fa/disable', { password: PASSWORD, code: wrong(code()) }),
    () => login('not a code'),
  ];
  for (const attempt of attempts) {
    const { status, body } = await attempt();
    t.is(status, 401);
    t.regex(String((body as { detail?: string }).detail), /is not right/);
  }
  for (const locked of [await login(code()), await withToken(pre_2fa_token, code())]) {
    t.is(locked.status, 401);
    t.regex(locked.text, /Too many wrong codes. Try again in 15 minutes/);
    t.is(locked.headers.get('Retry-After'), '900');
  }
  // The password is looked at all the same, sessions go on, and a recovery code opens.
  t.like((await login()).body, { two_factor_required: true });
  t.is((await call('GET', '/auth/sessions', undefined, ada.headers)).status, 200);
  t.is((await login(recoveryCodes[0])).status, 200);
  const another = await signedIn(call, 'grace@example.com');
  const factor = await withTwoFactor(call, another.headers, clock.now);
  t.is(factor.recoveryCodes.length, 10);
  clock.pass(15 * 60_000);
  t.is((await login(code())).status, 200);
});

test('Of 20 wrong codes at once five learn that they are wrong, the rest nothing', async (t) => {
  const { code, login } = await startWithTwoFactor(t);
  const { pre_2fa_token } = (await login()).body;
  t.truthy(pre_2fa_token);
  const answers = await Promise.all(Array.from({ length: 20 }, () => login(wrong(code()))));
  t.is(answers.filter(({ text }) => text.includes('is not right')).length, 5);
  t.regex((await login(code())).text, /Too many wrong codes/);
});

test('P5: neither the secret nor a recovery code can be read in the database or the log', async (t) => {
  const { knex, lines, secret, recoveryCodes, code, login } = await startWithTwoFactor(t);
  await login(code());
  const { rows } = await knex.raw<{ rows: object[] }>(
    `SELECT f::text AS text FROM second_factors f UNION ALL SELECT r::text FROM recovery_codes r
     UNION ALL SELECT s::text FROM sessions s UNION ALL SELECT a::text FROM login_attempts a`,
  );
  const dumped = JSON.stringify([rows, lines]);
  const canaries = [secret, ...recoveryCodes].flatMap((text) => {
    const bare = text.replaceAll('-', '');
    return [text, ...[bare, text].flatMap((one) => forms(Buffer.from(one)))];
  });
  t.true(rows.length >= 12);
  for (const canary of canaries) t.false(dumped.includes(canary));
});

test('A sealed secret that was changed, or moved to another user, opens nothing; a recovery code does', async (t) => {
  const { call, knex, clock, ada, code, recoveryCodes, login } = await startWithTwoFactor(t);
  const grace = await signedIn(call, 'grace@example.com');
  await withTwoFactor(call, grace.headers, clock.now);
  const sealed = async (userId: string): Promise<string> =>
    (await knex('second_factors').where({ user_id: userId }).first()).sealed_secret;
  const own = await sealed(ada.id);
  const at = own.lastIndexOf('.') - 3;
  const changed = own.slice(0, at) + (own[at] === 'A' ? 'B' : 'A') + own.slice(at + 1);
  for (const sealed_secret of [changed, await sealed(grace.id)]) {
    await knex('second_factors').where({ user_id: ada.id }).update({ sealed_secret });
    t.is((await login(code())).status, 503);
  }
  t.is((await login(recoveryCodes[0])).status, 200);
  await knex('second_factors').where({ user_id: ada.id }).update({ sealed_secret: own });
  t.is((await login(code())).status, 200);
});

function forms(bytes: Buffer): string[] {
  return [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
}
