import { pino } from 'pino';
import test, { type ExecutionContext } from 'ava';
import { startApi } from '../testing/start-api.ts';
import {
  aroundMatches,
  gate,
  PASSWORD,
  signedIn,
  testClock,
  testIdentity,
  type Pair,
} from '../testing/identity.ts';
import { STEP_MS, withTwoFactor } from '../testing/two-factor.ts';
import { unavailable } from '../errors.ts';
import { changePassword } from './change-password.ts';
import { refreshSession } from './refresh-session.ts';
import { register } from './register.ts';
import { signIn } from './sign-in.ts';
import { disableTwoFactor, setUpTwoFactor } from './two-factor.ts';

const EMAIL = 'ada@example.com';
const CHANGED = 'battery-Staple-8';

async function setUp(t: ExecutionContext) {
  const clock = testClock();
  const identity = testIdentity({ now: clock.now });
  const api = await startApi(t, {}, { identity });
  const user = await signedIn(api.call, EMAIL);
  const log = pino({ enabled: false });
  return {
    ...api,
    clock,
    user,
    abandoned: { knex: api.knex, identity, log, signal: AbortSignal.abort(unavailable()), address: '' },
  };
}

test('Of what has been answered 503 nothing is written any more', async (t) => {
  const { knex, call, clock, user, abandoned } = await setUp(t);
  const { id: sessionId } = await knex('sessions').first();
  const caller = {
    ...{ userId: user.id, email: EMAIL, role: 'user' as const, sessionId, tokenVersion: 0 },
    ...{ signedInAt: clock.now(), hasSecondFactor: false, codeAt: null },
  };
  const everything = () => Promise.all(['users', 'sessions', 'refresh_tokens'].map((table) => knex(table)));
  // Near the end of the refresh token, which would be replaced.
  clock.pass(6.5 * 24 * 3_600_000);
  const before = await everything();
  for (const work of [
    () => register({ email: 'grace@example.com', password: PASSWORD }, abandoned),
    () =>
      signIn({ email: EMAIL, password: PASSWORD }, { userAgent: '', address: '', device: null }, abandoned),
    () => changePassword({ currentPassword: PASSWORD, newPassword: CHANGED }, caller, abandoned),
    () => refreshSession(user.refresh_token, abandoned),
  ])
    await t.throwsAsync(work, { message: /not available right now/ });
  t.deepEqual(await everything(), before);
  t.is((await call('POST', '/auth/refresh', { refresh_token: user.refresh_token })).status, 200);
});

test('Of a two-factor code that comes with what has been answered 503 nothing is used up', async (t) => {
  const { knex, call, clock, user, abandoned } = await setUp(t);
  const { code } = await withTwoFactor(call, user.headers, clock.now);
  clock.pass(STEP_MS);
  const { id: sessionId } = await knex('sessions').first();
  const caller = {
    ...{ userId: user.id, email: EMAIL, role: 'user' as const, sessionId, tokenVersion: 0 },
    ...{ signedInAt: clock.now(), hasSecondFactor: true, codeAt: clock.now() },
  };
  const sent = { password: PASSWORD, code: code() };
  const message = /not available right now/;
  await t.throwsAsync(disableTwoFactor(sent, caller, abandoned), { message });
  t.is((await call('POST', '/auth/2fa/disable', sent, user.headers)).status, 200);
  await t.throwsAsync(setUpTwoFactor(caller, abandoned), { message });
  t.deepEqual(await knex('second_factors'), []);
});

test('A sign-up that is answered 503 because its hash takes too long makes no user', async (t) => {
  const identity = testIdentity();
  const { hash } = identity.passwords;
  const held = gate();
  identity.passwords.hash = async (password) => {
    await held.passed;
    return hash(password);
  };
  const { call, knex } = await startApi(t, {}, { identity, deadlineMs: 2_000 });
  const { status, headers } = await call('POST', '/auth/register', { email: EMAIL, password: PASSWORD });
  t.is(status, 503);
  t.truthy(headers.get('Retry-After'));
  held.open();
  // What comes after it takes as many turns, and more.
  await call('POST', '/auth/register', { email: 'grace@example.com', password: PASSWORD });
  t.deepEqual(await knex('users').whereNotNull('email').pluck('email'), ['grace@example.com']);
});

/** A sign-in or a change of the password stays between the comparison and what comes of it. */
async function held(t: ExecutionContext, what: 'matches' | 'replace') {
  const identity = testIdentity();
  const { replace } = identity.passwords;
  const [reached, open] = [gate(), gate()];
  let isFirst = true;
  const afterwards = async <T>(work: Promise<T>): Promise<T> => {
    const outcome = await work;
    if (!isFirst) return outcome;
    isFirst = false;
    reached.open();
    await open.passed;
    return outcome;
  };
  const api = await startApi(t, {}, { identity });
  const user = await signedIn(api.call, EMAIL);
  if (what === 'matches')
    aroundMatches(
      identity,
      (matches) =>
        (...sent) =>
          afterwards(matches(...sent)),
    );
  else identity.passwords.replace = (...sent) => afterwards(replace(...sent));
  const change = (new_password: string) =>
    api.call('POST', '/auth/change-password', { current_password: PASSWORD, new_password }, user.headers);
  const login = (password: string) => api.call<Pair>('POST', '/auth/login', { email: EMAIL, password });
  return { ...api, user, reached: reached.passed, release: open.open, change, login };
}

test('A sign-in that compared with a password which was changed meanwhile opens no session', async (t) => {
  const { knex, reached, release, change, login } = await held(t, 'matches');
  const late = login(PASSWORD);
  await reached;
  t.is((await change(CHANGED)).status, 200);
  release();
  const { status, body } = await late;
  t.is(status, 401);
  t.deepEqual(body as unknown, { detail: 'Invalid email or password' });
  t.deepEqual(await knex('sessions').whereNull('ended_at'), []);
  t.deepEqual(await knex('users').where({ email: EMAIL }).pluck('token_version'), [1]);
});

test('A session that ends while it changes the password changes nothing', async (t) => {
  const { call, user, reached, release, change, login } = await held(t, 'replace');
  const late = change(CHANGED);
  await reached;
  t.is((await call('POST', '/auth/logout', undefined, user.headers)).status, 200);
  release();
  t.is((await late).status, 401);
  t.is((await login(PASSWORD)).status, 200);
  t.is((await login(CHANGED)).status, 401);
});
