import { decodeJwt } from 'jose';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { rolesUnder } from '../../policies.ts';
import { PASSWORD, bearer, signedIn, testClock, testIdentity, type Pair } from '../../testing/identity.ts';
import { startApi, TEST_SETTINGS } from '../../testing/start-api.ts';
import { trading } from './index.ts';

const api = shared(startApi);

interface SessionBody {
  id: string;
  user_agent: string;
  address: string;
  last_seen_at: string;
  current: boolean;
}

/** With everything a path needs; nothing else of it matters here. */
const closed = trading(TEST_SETTINGS).routes.filter(({ policy }) => rolesUnder(policy, TEST_SETTINGS));
const requestOf = ({ method, path }: (typeof closed)[0]) =>
  [method.toUpperCase(), path.replace('{id}', '550e8400-e29b-41d4-a716-446655440000')] as const;

test('trading-api 17: no route takes a refresh token for an access token, or none', async (t) => {
  const { call } = await api(t);
  const { refresh_token, access_token } = await signedIn(call, 'bearer@example.com');
  t.true(closed.length >= 6);
  for (const route of closed) {
    for (const authorization of [
      `Bearer ${refresh_token}`,
      `Basic ${access_token}`,
      access_token,
      'Bearer',
      `Bearer ${access_token} ${access_token}`,
      '',
    ]) {
      const { status } = await call(...requestOf(route), undefined, { Authorization: authorization });
      t.is(status, 401, `${route.method} ${route.path} ${authorization.slice(0, 12)}`);
    }
  }
});

test('P8: logout, disabling and a change of the role act with the next request', async (t) => {
  const { call, knex } = await api(t);
  const statusOf = async (headers: Record<string, string>, path = '/auth/sessions') =>
    (await call('GET', path, undefined, headers)).status;

  const out = await signedIn(call, 'logout@example.com');
  const elsewhere = await call<Pair>('POST', '/auth/login', { email: out.email, password: PASSWORD });
  t.deepEqual((await call('POST', '/auth/logout', undefined, out.headers)).body, { message: 'Logged out' });
  t.is(await statusOf(out.headers), 401);
  t.is((await call('POST', '/auth/refresh', { refresh_token: out.refresh_token })).status, 401);
  t.is(await statusOf(bearer(elsewhere.body.access_token)), 200);

  const role = await signedIn(call, 'role@example.com');
  t.is(await statusOf(role.headers, '/auth/users'), 403);
  await knex('users').where({ id: role.id }).update({ role: 'admin' });
  t.is(await statusOf(role.headers, '/auth/users'), 200);
  const { body } = await call<Pair>('POST', '/auth/refresh', { refresh_token: role.refresh_token });
  t.is(decodeJwt(body.access_token)['role'], 'admin');
  await knex('users').where({ id: role.id }).update({ role: 'user' });
  t.is(await statusOf(bearer(body.access_token), '/auth/users'), 403);

  const disabled = await signedIn(call, 'disabled@example.com');
  t.is(await statusOf(disabled.headers), 200);
  await knex('users').where({ id: disabled.id }).update({ disabled_at: new Date() });
  t.is(await statusOf(disabled.headers), 401);
  t.is((await call('POST', '/auth/refresh', { refresh_token: disabled.refresh_token })).status, 401);
});

test("A user sees where they are signed in, and ends one of their sessions, but not another's", async (t) => {
  const { call } = await api(t);
  const { headers, email } = await signedIn(call, 'places@example.com');
  const agent = { 'User-Agent': `Phone ${'x'.repeat(300)}` };
  const { body: phone } = await call<Pair>('POST', '/auth/login', { email, password: PASSWORD }, agent);
  const list = async (of: Record<string, string>) =>
    (await call<SessionBody[]>('GET', '/auth/sessions', undefined, of)).body;

  const both = await list(headers);
  t.is(both.length, 2);
  const ofPhone = both.find(({ user_agent }) => user_agent.startsWith('Phone'))!;
  t.is(ofPhone.user_agent.length, 200);
  t.regex(ofPhone.address, /127\.0\.0\.1$/);
  t.is(both.filter(({ current }) => current).length, 1);
  t.false(ofPhone.current);

  const other = await signedIn(call, 'other-places@example.com');
  const end = (id: string, by: Record<string, string>) =>
    call('DELETE', `/auth/sessions/${id}`, undefined, by);
  t.is((await end(ofPhone.id, other.headers)).status, 404);
  t.is((await list(bearer(phone.access_token))).length, 2);
  const unknown = await end('550e8400-e29b-41d4-a716-446655440000', headers);
  t.deepEqual(unknown.body, (await end(ofPhone.id, other.headers)).body);

  t.is((await end(ofPhone.id, headers)).status, 200);
  t.is((await call('GET', '/auth/sessions', undefined, bearer(phone.access_token))).status, 401);
  t.is((await list(headers)).length, 1);
  t.is((await end(ofPhone.id, headers)).status, 404);
});

test("All sessions of a user end at once, and nobody else's", async (t) => {
  const { call } = await api(t);
  const { headers, email, refresh_token } = await signedIn(call, 'all@example.com');
  const { body: second } = await call<Pair>('POST', '/auth/login', { email, password: PASSWORD });
  const other = await signedIn(call, 'not-all@example.com');
  t.is((await call('DELETE', '/auth/sessions', undefined, headers)).status, 200);
  for (const by of [headers, bearer(second.access_token)])
    t.is((await call('GET', '/auth/sessions', undefined, by)).status, 401);
  t.is((await call('POST', '/auth/refresh', { refresh_token })).status, 401);
  t.is((await call('GET', '/auth/sessions', undefined, other.headers)).status, 200);
});

test('When a session was last in use is kept to the minute', async (t) => {
  const clock = testClock();
  const { call } = await startApi(t, {}, { identity: testIdentity({ now: clock.now }) });
  const { headers } = await signedIn(call, 'ada@example.com');
  const seen = async () =>
    (await call<SessionBody[]>('GET', '/auth/sessions', undefined, headers)).body[0]!.last_seen_at;
  const first = await seen();
  clock.pass(59_000);
  t.is(await seen(), first);
  clock.pass(1_000);
  t.is(new Date(await seen()).getTime(), new Date(first).getTime() + 60_000);
});

test('The OpenAPI document says which routes ask for a token', async (t) => {
  const { call } = await api(t);
  const { status, body } = await call<{
    paths: Record<
      string,
      Record<string, { security?: object[]; responses: Record<string, { description: string }> }>
    >;
  }>('GET', '/openapi/trading.json');
  t.is(status, 200);
  for (const { method, path, policy, withoutFactor = false } of trading(TEST_SETTINGS).routes) {
    const operation = body.paths[path]?.[method];
    if (path.startsWith('/openapi')) continue;
    const isAsked = rolesUnder(policy, TEST_SETTINGS) !== null;
    t.is(operation?.security !== undefined, isAsked, `${method} ${path}`);
    const { description = '' } = operation!.responses['403'] ?? {};
    t.is(description.includes('forbidden'), policy === 'admin', `${method} ${path}`);
    const isHeldToFactor = isAsked && !withoutFactor;
    t.is(description.includes('two factor setup required'), isHeldToFactor, `${method} ${path}`);
  }
});
