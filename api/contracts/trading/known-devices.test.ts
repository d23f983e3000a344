import test, { type ExecutionContext } from 'ava';
import type { IdentityOptions } from '../../auth/identity.ts';
import { bearer, PASSWORD, signedIn, testClock, testIdentity, type Pair } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

const EMAIL = 'ada@example.com';

async function setUp(t: ExecutionContext, options: Partial<IdentityOptions> = {}) {
  const clock = testClock();
  const api = await startApi(t, {}, { identity: testIdentity({ now: clock.now, ...options }) });
  const login = (password: string, cookie?: string, email = EMAIL) =>
    api.call<Pair>('POST', '/auth/login', { email, password }, cookie ? { Cookie: cookie } : {});
  /** Signs in and returns the cookie that is left. */
  const knownDevice = async (cookie?: string, email = EMAIL) => {
    const { headers, status } = await login(PASSWORD, cookie, email);
    t.is(status, 200);
    return headers.get('Set-Cookie')!.split(';')[0]!;
  };
  const fail = async (times: number, cookie?: string) => {
    for (let count = 0; count < times; count++)
      t.deepEqual((await login('Wrong-Horse-7', cookie)).body as object, {
        detail: 'Invalid email or password',
      });
  };
  const ada = await signedIn(api.call, EMAIL);
  return { ...api, clock, ada, login, knownDevice, fail };
}

for (const [environment, failures] of [
  ['development', 5],
  ['production', 10],
] as const) {
  test(`P15: in ${environment} strangers who lock an address lock out no known device and no session`, async (t) => {
    const { call, ada, login, knownDevice, fail } = await setUp(t, { environment });
    const cookie = await knownDevice();
    await fail(failures);
    t.regex((await login(PASSWORD)).text, /Too many failed sign-ins/);
    t.regex((await login(PASSWORD, 'perpetua_device=another')).text, /Too many failed sign-ins/);

    t.is((await call('GET', '/auth/sessions', undefined, ada.headers)).status, 200);
    t.is((await call('POST', '/auth/refresh', { refresh_token: ada.refresh_token })).status, 200);
    const { status, body } = await login(PASSWORD, cookie);
    t.is(status, 200);
    t.deepEqual(Object.keys(body), ['access_token', 'refresh_token', 'token_type']);
    // Its success does not let strangers guess on.
    t.regex((await login(PASSWORD)).text, /Too many failed sign-ins/);

    const changed = { current_password: PASSWORD, new_password: 'battery-Staple-8' };
    t.is((await call('POST', '/auth/change-password', changed, bearer(body.access_token))).status, 200);
    t.is((await login('battery-Staple-8', cookie)).status, 200);
  });
}

test('P15: a known device has a count of its own, which locks it alone', async (t) => {
  const { login, knownDevice, fail, clock } = await setUp(t);
  const [phone, desk] = [await knownDevice(), await knownDevice()];
  t.not(phone, desk);
  await fail(4, phone);
  await fail(4);
  await fail(1, phone);
  const locked = await login(PASSWORD, phone);
  t.is(locked.status, 401);
  t.is(locked.headers.get('Retry-After'), '60');
  t.is((await login(PASSWORD, desk)).status, 200);
  await fail(1);
  t.regex((await login(PASSWORD)).text, /Too many/);
  clock.pass(60_000);
  t.is((await login(PASSWORD, phone)).status, 200);
});

test('P15: of 20 guesses at once from a known device five learn that they are wrong, the rest nothing', async (t) => {
  const { login, knownDevice } = await setUp(t);
  const cookie = await knownDevice();
  const answers = await Promise.all(Array.from({ length: 20 }, () => login('Wrong-Horse-7', cookie)));
  t.is(answers.filter(({ text }) => text.includes('Invalid email or password')).length, 5);
  t.regex((await login(PASSWORD, cookie)).text, /Too many/);
  t.is((await login(PASSWORD)).status, 200);
});

test('P15: a device of one user is a stranger to another', async (t) => {
  const { call, login, knownDevice, fail } = await setUp(t);
  await signedIn(call, 'mallory@example.com');
  const cookie = await knownDevice(undefined, 'mallory@example.com');
  await fail(5, cookie);
  t.regex((await login(PASSWORD)).text, /Too many/);
  t.is((await login(PASSWORD, cookie, 'mallory@example.com')).status, 200);
});

test('P15: a device is known for 180 days after its last sign-in, by what cannot be read in the table', async (t) => {
  const { knex, login, knownDevice, fail, clock } = await setUp(t);
  const cookie = await knownDevice();
  t.is(await knownDevice(cookie), cookie);
  const { rows } = await knex.raw<{ rows: object[] }>('SELECT d::text AS text FROM known_devices d');
  t.false(JSON.stringify(rows).includes(cookie.split('=')[1]!));
  const day = 24 * 3_600_000;
  clock.pass(179 * day);
  t.is(await knownDevice(cookie), cookie);
  clock.pass(179 * day);
  await fail(5);
  t.is((await login(PASSWORD, cookie)).status, 200);
  clock.pass(180 * day);
  await fail(5);
  t.regex((await login(PASSWORD, cookie)).text, /Too many/);
  clock.pass(60_000);
  t.not(await knownDevice(cookie), cookie);
});

test('P15: wrong current passwords lock that session out of changing it, and nothing else', async (t) => {
  const { call, ada, login, clock } = await setUp(t);
  const { body: other } = await login(PASSWORD);
  const change = (current_password: string, headers: Record<string, string>) =>
    call('POST', '/auth/change-password', { current_password, new_password: 'battery-Staple-8' }, headers);
  for (let count = 0; count < 5; count++) t.is((await change('Wrong-Horse-7', ada.headers)).status, 401);
  t.regex((await change(PASSWORD, ada.headers)).text, /Too many/);
  t.is((await login(PASSWORD)).status, 200);
  clock.pass(1_000);
  t.is((await change(PASSWORD, bearer(other.access_token))).status, 200);
});

for (const [debug, secure] of [
  [true, false],
  [false, true],
] as const) {
  test(`The cookie is out of the reach of pages, and ${secure ? 'goes over https alone in production' : 'works without https in development'}`, async (t) => {
    const { call } = await startApi(t, { debug, trustedProxies: 1 });
    const https = { 'X-Forwarded-Proto': 'https' };
    await call('POST', '/auth/register', { email: EMAIL, password: PASSWORD }, https);
    const { headers } = await call('POST', '/auth/login', { email: EMAIL, password: PASSWORD }, https);
    const cookie = headers.get('Set-Cookie') ?? '';
    t.regex(cookie, /^perpetua_device=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Lax/);
    t.is(cookie.endsWith('; Secure'), secure);
  });
}
