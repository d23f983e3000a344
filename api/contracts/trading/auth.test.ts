import { decodeJwt } from 'jose';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { startApi } from '../../testing/start-api.ts';
import { PASSWORD, bearer, signedIn, testClock, testIdentity, type Pair } from '../../testing/identity.ts';

/** For tests that each have an address of their own. */
const api = shared(startApi);

interface Refusal {
  detail: string;
  errors: { field: string; message: string }[];
}

test('trading-api 1: who registers gets a user, whose password is kept as a bcrypt hash of cost 12', async (t) => {
  const identity = testIdentity({ environment: 'production', passwordCost: 12 });
  const { call, knex } = await startApi(t, {}, { identity });
  const sent = { email: ' Ada@Example.com ', password: PASSWORD, role: 'admin' };
  const { status, body, text } = await call('POST', '/auth/register', sent);
  t.is(status, 201);
  t.deepEqual(Object.keys(body), ['id', 'email', 'role', 'created_at']);
  t.like(body, { email: 'ada@example.com', role: 'user' });
  t.false(text.includes(PASSWORD));
  const row = await knex('users').where({ id: body['id'] }).first();
  t.regex(row.password_hash, /^\$2b\$12\$.{53}$/);
  t.false(JSON.stringify(row).includes(PASSWORD));
  t.is((await call('POST', '/auth/login', { email: 'ada@example.com', password: PASSWORD })).status, 200);
});

test('trading-api 2: an email is registered once, in whatever case, also by many at once', async (t) => {
  const { call, knex } = await api(t);
  const register = (email: string) => call('POST', '/auth/register', { email, password: PASSWORD });
  const answers = await Promise.all(
    ['twice@example.com', 'TWICE@example.com', 'Twice@Example.Com', 'twice@EXAMPLE.com'].map(register),
  );
  t.deepEqual(answers.map(({ status }) => String(status)).toSorted(), ['201', '409', '409', '409']);
  t.deepEqual((await register('tWice@example.com')).body, { detail: 'Email already registered' });
  t.is((await knex('users').whereRaw(`lower(email) = 'twice@example.com'`)).length, 1);
});

const WEAK: [why: string, password: string][] = [
  ['is shorter than 8 bytes', 'aB3$xyz'],
  ['is longer than 72 bytes', `aB3$${'x'.repeat(69)}`],
  ['has 72 characters and more bytes', `aB3$${'é'.repeat(68)}`],
  ['has no upper-case letter', 'correct-horse-7'],
  ['has no lower-case letter', 'CORRECT-HORSE-7'],
  ['has no digit', 'correct-Horse-x'],
  ['has no special character', 'correctHorse7'],
  ['is the email', 'Weak1@example.com'],
  ['is common', 'P@ssw0rd1!'],
  ['is common with a year', 'Summer2025!'],
  ['is a way over the keyboard', '!QAZ2wsx'],
];

for (const [why, password] of WEAK) {
  test(`trading-api 3: a password that ${why} is refused`, async (t) => {
    const { call } = await api(t);
    const { status, body } = await call<Refusal>('POST', '/auth/register', {
      ...{ email: 'weak1@example.com', password },
    });
    t.is(status, 400);
    t.deepEqual(
      body.errors.map(({ field }) => field),
      ['password'],
    );
    t.false(JSON.stringify(body).includes(password));
  });
}

test('trading-api 3: 8 and 72 bytes are enough and not too many', async (t) => {
  const { call } = await api(t);
  for (const [email, password] of Object.entries({
    'short@example.com': 'aB3$xyzw',
    'long@example.com': `aB3$${'Ten green bottles standing on the wall, and one of them was 70 years'}`,
  })) {
    t.is((await call('POST', '/auth/register', { email, password })).status, 201);
    t.is((await call('POST', '/auth/login', { email, password })).status, 200);
    // bcrypt reads 72 bytes: what is longer is another password all the same.
    t.is((await call('POST', '/auth/login', { email, password: `${password}x` })).status, 401);
  }
});

test('What is missing or of another type is named, in one text and field by field', async (t) => {
  const { call } = await api(t);
  const { status, body } = await call<Refusal>('POST', '/auth/login', { email: 7 });
  t.is(status, 422);
  t.is(typeof body.detail, 'string');
  t.deepEqual(body.errors.map(({ field }) => field).toSorted(), ['email', 'password']);
  t.is((await call('POST', '/auth/register', { email: 'nobody', password: PASSWORD })).status, 400);
  t.is((await call('GET', '/auth/login')).status, 405);
  t.deepEqual((await call('GET', '/auth/nowhere')).body, { detail: 'Not Found' });
});

test('trading-api 4: signing in answers two tokens and their type', async (t) => {
  const { call } = await api(t);
  await signedIn(call, 'pair@example.com');
  const sent = { email: 'PAIR@example.com', password: PASSWORD };
  const { status, body } = await call<Pair>('POST', '/auth/login', sent);
  t.is(status, 200);
  t.deepEqual(Object.keys(body), ['access_token', 'refresh_token', 'token_type']);
  t.is(body.token_type, 'bearer');
});

for (const [point, type, seconds] of [
  [5, 'access', 3_600],
  [6, 'refresh', 604_800],
] as const) {
  test(`trading-api ${point}: the ${type} token says whose it is and lives ${seconds} s`, async (t) => {
    const { call } = await api(t);
    const pair = await signedIn(call, `${type}@example.com`);
    const claims = decodeJwt(pair[`${type}_token`]);
    t.like(claims, { user_id: pair.id, email: pair.email, role: 'user', type });
    t.is(claims.exp! - claims.iat!, seconds);
  });
}

test('trading-api 7: a user without a role is a user', async (t) => {
  const { call, knex } = await api(t);
  const { id, email } = await signedIn(call, 'without-role@example.com');
  await knex('users').where({ id }).update({ role: null });
  const { body } = await call<Pair>('POST', '/auth/login', { email, password: PASSWORD });
  for (const token of [body.access_token, body.refresh_token]) t.is(decodeJwt(token)['role'], 'user');
});

test('trading-api 8: a wrong password is refused, and the answer says how to sign in', async (t) => {
  const { call } = await api(t);
  const { email } = await signedIn(call, 'wrong@example.com');
  const answer = await call('POST', '/auth/login', { email, password: 'Wrong-Horse-7' });
  t.is(answer.status, 401);
  t.deepEqual(answer.body, { detail: 'Invalid email or password' });
  t.is(answer.headers.get('WWW-Authenticate'), 'Bearer');
});

test('trading-api 9: an unknown email is refused alike, and counted', async (t) => {
  const { call, knex } = await api(t);
  const sent = { email: 'Nobody@example.com', password: PASSWORD };
  const { status, body } = await call('POST', '/auth/login', sent);
  t.is(status, 401);
  t.deepEqual(body, { detail: 'Invalid email or password' });
  t.like(await knex('login_attempts').where({ email: 'nobody@example.com' }).first(), { failures: 1 });
});

test('A disabled user, and one without a password, are refused like a wrong password', async (t) => {
  const { call, knex } = await api(t);
  const { id, email } = await signedIn(call, 'disabled@example.com');
  for (const state of [{ disabled_at: new Date() }, { disabled_at: null, password_hash: null }]) {
    await knex('users').where({ id }).update(state);
    const { status, body } = await call('POST', '/auth/login', { email, password: PASSWORD });
    t.is(status, 401);
    t.deepEqual(body, { detail: 'Invalid email or password' });
  }
});

test('trading-api 18: a changed password takes the place of the old one and of every token', async (t) => {
  const { call } = await api(t);
  const { email, headers, refresh_token } = await signedIn(call, 'change@example.com');
  const other = (await call<Pair>('POST', '/auth/login', { email, password: PASSWORD })).body;
  const changed = 'battery-Staple-8';
  const change = (current_password: string, new_password: string) =>
    call<Refusal>('POST', '/auth/change-password', { current_password, new_password }, headers);

  t.is((await change('Wrong-Horse-7', changed)).status, 401);
  for (const refused of [PASSWORD, 'short']) {
    const { status, body } = await change(PASSWORD, refused);
    t.is(status, 400, refused);
    t.is(body.errors[0]?.field, 'new_password');
  }
  const { status, body } = await change(PASSWORD, changed);
  t.is(status, 200);
  t.deepEqual(body as unknown, { message: 'Password changed' });

  t.is((await call('POST', '/auth/login', { email, password: PASSWORD })).status, 401);
  t.is((await call('POST', '/auth/login', { email, password: changed })).status, 200);
  for (const token of [refresh_token, other.refresh_token])
    t.is((await call('POST', '/auth/refresh', { refresh_token: token })).status, 401);
  for (const token of [headers, bearer(other.access_token)])
    t.is((await call('GET', '/auth/sessions', undefined, token)).status, 401);
});

test('trading-api 18: of two changes at once one alone is made', async (t) => {
  const { call } = await api(t);
  const { email, headers } = await signedIn(call, 'two-changes@example.com');
  const passwords = ['battery-Staple-1', 'battery-Staple-2'];
  const answers = await Promise.all(
    passwords.map((new_password) =>
      call('POST', '/auth/change-password', { current_password: PASSWORD, new_password }, headers),
    ),
  );
  t.deepEqual(answers.map(({ status }) => String(status)).toSorted(), ['200', '401']);
  const kept = passwords[answers.findIndex(({ status }) => status === 200)];
  t.is((await call('POST', '/auth/login', { email, password: kept })).status, 200);
});

test('trading-api 18: wrong current passwords lock the session out of trying more', async (t) => {
  const clock = testClock();
  const { call } = await startApi(t, {}, { identity: testIdentity({ now: clock.now }) });
  const { headers } = await signedIn(call, 'guessed@example.com');
  const change = (current_password: string) =>
    call('POST', '/auth/change-password', { current_password, new_password: 'battery-Staple-8' }, headers);
  for (let count = 0; count < 5; count++) t.is((await change('Wrong-Horse-7')).status, 401);
  const locked = await change(PASSWORD);
  t.is(locked.status, 401);
  t.is(locked.headers.get('Retry-After'), '60');
  clock.pass(60_000);
  t.is((await change(PASSWORD)).status, 200);
});

test('trading-api 19: admins list users, without anything that opens an account', async (t) => {
  const { call, knex } = await startApi(t);
  const { id, headers } = await signedIn(call, 'admin@example.com');
  const { headers: users } = await signedIn(call, 'user@example.com');
  t.is((await call('GET', '/auth/users')).status, 401);
  for (const role of ['user', 'ops']) {
    await knex('users').where({ id }).update({ role });
    t.is((await call('GET', '/auth/users', undefined, headers)).status, 403, role);
  }
  await knex('users').where({ id }).update({ role: 'admin' });
  const { status, body, text } = await call<Record<string, unknown>[]>(
    ...(['GET', '/auth/users', undefined, headers] as const),
  );
  t.is(status, 200);
  t.deepEqual(body.map(({ email }) => email).slice(0, 2), ['user@example.com', 'admin@example.com']);
  for (const user of body)
    t.deepEqual(Object.keys(user), ['id', 'email', 'role', 'totp_enabled', 'disabled', 'created_at']);
  t.notRegex(text, /\$2b\$/);
  const page = await call<{ email: string }[]>('GET', '/auth/users?skip=1&limit=1', undefined, headers);
  t.deepEqual(
    page.body.map(({ email }) => email),
    ['admin@example.com'],
  );
  for (const query of ['limit=0', 'limit=501', 'skip=-1'])
    t.is((await call('GET', `/auth/users?${query}`, undefined, headers)).status, 422, query);
  t.is((await call('GET', '/auth/users', undefined, users)).status, 403);
});

test('P5: no password, hash or token is in the log or in a refusal', async (t) => {
  const { call, lines } = await startApi(t);
  const { access_token, refresh_token, headers } = await signedIn(call, 'canary@example.com');
  const refusals = [
    await call('POST', '/auth/login', { email: 'canary@example.com', password: 'canary-Horse-7' }),
    await call('POST', '/auth/refresh', { refresh_token: `${refresh_token}x` }),
    await call('GET', '/auth/users', undefined, headers),
    await call('GET', '/auth/sessions', undefined, bearer(`${access_token}x`)),
  ];
  const said = JSON.stringify([lines, refusals.map(({ text }) => text)]);
  for (const secret of [PASSWORD, 'canary-Horse-7', access_token, refresh_token, '$2b$'])
    t.false(said.includes(secret));
});
