import test, { type ExecutionContext } from 'ava';
import type { IdentityOptions } from '../../auth/identity.ts';
import { aroundMatches, gate, PASSWORD, signedIn, testClock, testIdentity } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

const EMAIL = 'ada@example.com';

async function setUp(t: ExecutionContext, options: Partial<IdentityOptions> = {}) {
  const clock = testClock();
  const api = await startApi(t, {}, { identity: testIdentity({ now: clock.now, ...options }) });
  await signedIn(api.call, EMAIL);
  const login = (password: string, email = EMAIL) => api.call('POST', '/auth/login', { email, password });
  const fail = async (times: number, email = EMAIL) => {
    for (let count = 0; count < times; count++) {
      const { status, body } = await login('Wrong-Horse-7', email);
      t.is(status, 401);
      t.deepEqual(body, { detail: 'Invalid email or password' });
    }
  };
  return { ...api, clock, login, fail };
}

for (const [point, environment, failures, minutes] of [
  [10, 'development', 5, 1],
  [11, 'production', 10, 15],
] as const) {
  test(`trading-api ${point}: in ${environment} ${failures} failures lock an address for ${minutes} min`, async (t) => {
    const { login, fail, clock } = await setUp(t, { environment });
    await fail(failures);
    const locked = await login(PASSWORD);
    t.is(locked.status, 401);
    t.regex(String(locked.body['detail']), new RegExp(`^Too many .* ${minutes} minutes?\\.$`));
    t.is(locked.headers.get('Retry-After'), String(minutes * 60));
    clock.pass(minutes * 60_000 - 1_000);
    const still = await login(PASSWORD);
    t.is(still.status, 401);
    t.is(still.headers.get('Retry-After'), '1');
    clock.pass(1_000);
    t.is((await login(PASSWORD)).status, 200);
  });
}

test('trading-api 10: a lock does not grow by what is tried, and after it the count begins anew', async (t) => {
  const { login, fail, clock } = await setUp(t);
  await fail(5);
  clock.pass(30_000);
  for (const password of ['Wrong-Horse-7', PASSWORD])
    t.is((await login(password)).headers.get('Retry-After'), '30');
  clock.pass(30_000);
  await fail(4);
  t.is((await login(PASSWORD)).status, 200);
});

test('trading-api 10: failures older than the lock-out do not count', async (t) => {
  const { login, fail, clock } = await setUp(t);
  await fail(4);
  clock.pass(60_000);
  await fail(4);
  t.is((await login(PASSWORD)).status, 200);
  // One every 20 s: never more than three within a minute.
  for (let count = 0; count < 8; count++) {
    await fail(1);
    clock.pass(20_000);
  }
  t.is((await login(PASSWORD)).status, 200);
});

test('trading-api 12: signing in clears the count', async (t) => {
  const { login, fail } = await setUp(t);
  await fail(4);
  t.is((await login(PASSWORD)).status, 200);
  await fail(4);
  t.is((await login(PASSWORD)).status, 200);
});

test('trading-api 13: the lock of one address is not that of another', async (t) => {
  const { call, login, fail } = await setUp(t);
  await signedIn(call, 'grace@example.com');
  await fail(5);
  t.is((await login(PASSWORD)).headers.get('Retry-After'), '60');
  t.is((await login(PASSWORD, 'grace@example.com')).status, 200);
});

test("trading-api 9: an address that is nobody's is locked alike, whatever its case", async (t) => {
  const { login, fail } = await setUp(t);
  await fail(3, 'nobody@example.com');
  await fail(2, ' NOBODY@example.com');
  const locked = await login(PASSWORD, 'nobody@example.com');
  t.is(locked.headers.get('Retry-After'), '60');
  t.regex(String(locked.body['detail']), /^Too many/);
});

test('Users without an address are locked each by themselves, and nobody signs in without one', async (t) => {
  const { call, knex } = await startApi(t);
  const users = [await signedIn(call, 'first@example.com'), await signedIn(call, 'second@example.com')];
  for (const { id } of users) await knex('users').where({ id }).update({ email: null });
  const [first, second] = users.map(({ headers }) => (current_password: string) => {
    const change = { current_password, new_password: 'battery-Staple-8' };
    return call('POST', '/auth/change-password', change, headers);
  });
  for (let count = 0; count < 5; count++) t.is((await first!('Wrong-Horse-7')).status, 401);
  t.truthy((await first!(PASSWORD)).headers.get('Retry-After'));
  // Nor by whoever writes the key they are counted under into the form.
  for (const { email } of await knex('login_attempts'))
    await Promise.all(
      Array.from({ length: 5 }, () =>
        call('POST', '/auth/login', { email: email.replace(users[0]!.id, users[1]!.id), password: 'x' }),
      ),
    );
  t.is((await second!(PASSWORD)).status, 200);
  t.is((await call('POST', '/auth/login', { email: ' ', password: 'Wrong-Horse-7' })).status, 400);
});

test('Of 20 guesses at once five learn that they are wrong, the rest nothing', async (t) => {
  const { login, knex } = await setUp(t);
  const guesses = [...Array.from({ length: 20 }, (_, count) => `Wrong-Horse-${count}`)];
  // More wait than may: as many of them at once as are let in.
  const answers = await Promise.all(guesses.map((password) => login(password)));
  const said = answers.map(({ body }) => String(body['detail']));
  t.is(said.filter((detail) => detail === 'Invalid email or password').length, 5);
  t.is((await login(PASSWORD)).headers.get('Retry-After'), '60');
  t.like(await knex('login_attempts').where({ email: EMAIL }).first(), { failures: 5 });
});

test('A right password that ends behind the failure that locks is refused as locked', async (t) => {
  const identity = testIdentity();
  const [compared, held] = [gate(), gate()];
  aroundMatches(identity, (matches) => async (password, hash) => {
    const isSame = await matches(password, hash);
    if (isSame) {
      compared.open();
      await held.passed;
    }
    return isSame;
  });
  const { call } = await startApi(t, {}, { identity });
  await call('POST', '/auth/register', { email: EMAIL, password: PASSWORD });
  const login = (password: string) => call('POST', '/auth/login', { email: EMAIL, password });
  const right = login(PASSWORD);
  await compared.passed;
  for (let count = 0; count < 5; count++) await login('Wrong-Horse-7');
  held.open();
  const { status, body } = await right;
  t.is(status, 401);
  t.regex(String(body['detail']), /^Too many/);
});

test('An unknown address, a disabled user and one without a password cost the same bcrypt work; a locked address none', async (t) => {
  const identity = testIdentity();
  let compared: [hash: string, isSame: boolean][] = [];
  aroundMatches(identity, (matches) => async (password, hash) => {
    const isSame = await matches(password, hash);
    compared.push([typeof hash, isSame]);
    return isSame;
  });
  const { call, knex, lines } = await startApi(t, {}, { identity });
  const disabled = await signedIn(call, 'disabled@example.com');
  const passwordless = await signedIn(call, 'passwordless@example.com');
  await knex('users').where({ id: disabled.id }).update({ disabled_at: new Date() });
  await knex('users').where({ id: passwordless.id }).update({ password_hash: null });
  const workOf = async (email: string) => {
    compared = [];
    t.is((await call('POST', '/auth/login', { email, password: PASSWORD })).status, 401);
    return compared;
  };
  t.deepEqual(await workOf('nobody@example.com'), [['undefined', false]]);
  t.deepEqual(await workOf(disabled.email), [['string', true]]);
  t.deepEqual(await workOf(passwordless.email), [['object', false]]);
  // A right password that is not counted would tell that it is right.
  t.like(await knex('login_attempts').where({ email: disabled.email }).first(), { failures: 1 });
  for (let count = 0; count < 4; count++) await workOf('nobody@example.com');
  t.deepEqual(await workOf('nobody@example.com'), []);

  const warnings = lines.filter(({ msg }) => /locked an address/.test(String(msg)));
  t.is(warnings.length, 1);
  t.like(warnings[0], { level: 40 });
  t.false(JSON.stringify(lines).includes('nobody@example.com'));
});
