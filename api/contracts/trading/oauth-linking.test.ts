import { decodeJwt } from 'jose';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { bearer, PASSWORD, signedIn, type Pair } from '../../testing/identity.ts';
import { startOAuthApi } from '../../testing/oauth.ts';

/** For tests that each have people of their own. */
const api = shared(startOAuthApi);

const person = (sub: string) => ({ sub, email: `${sub}@example.com`, email_verified: true });
const CHANGED = 'battery-Staple-8';

interface Identity {
  id: string;
  provider: string;
  email: string;
}

test('trading-api 21: an email opens no account that is there: one signs in to it, links, and then comes in by the provider', async (t) => {
  const { call, signInBy, beginLink, goTo, knex } = await api(t);
  const { id, headers } = await signedIn(call, 'ada@example.com');
  const refused = await signInBy('google', person('ada'));
  t.is(refused.status, 409);
  t.regex(refused.body.detail, /Sign in to it with its password.* link Google/);
  t.deepEqual(await knex('user_identities').where({ user_id: id }), []);

  const begun = await beginLink('google', headers);
  t.regex(begun.setCookie, /^__Host-oauth=[\w-]{43};.*HttpOnly; SameSite=Lax; Secure$/);
  const callback = await goTo('google', begun, person('ada'));
  const linked = await call<Identity>('GET', callback, undefined, begun.headers);
  t.is(linked.status, 201);
  t.like(linked.body, { provider: 'google', email: 'ada@example.com' });
  t.deepEqual(Object.keys(linked.body), ['id', 'provider', 'email', 'created_at']);

  const { status, body } = await signInBy('google', person('ada'));
  t.is(status, 200);
  t.is(decodeJwt(body.access_token)['user_id'], id);
  t.is((await call('POST', '/auth/login', { email: 'ada@example.com', password: PASSWORD })).status, 200);
});

test('An account with another email may be linked, again as well, and both may be to one user', async (t) => {
  const { call, beginLink, goTo, signInBy, clock } = await api(t);
  const { id, headers } = await signedIn(call, 'grace@example.com');
  const link = async (name: 'google' | 'kakao') => {
    clock.pass(1);
    const begun = await beginLink(name, headers);
    const callback = await goTo(name, begun, person(`hopper-${name}`));
    return call<Identity>('GET', callback, undefined, begun.headers);
  };
  const [first, again, other] = [await link('google'), await link('google'), await link('kakao')];
  t.deepEqual([first.status, again.status, other.status], [201, 201, 201]);
  t.is(again.body.id, first.body.id);
  for (const name of ['google', 'kakao'] as const) {
    const { body } = await signInBy(name, person(`hopper-${name}`));
    t.like(decodeJwt(body.access_token), { user_id: id, email: 'grace@example.com' });
  }
  const { body } = await call<Identity[]>('GET', '/oauth/identities', undefined, headers);
  t.deepEqual(
    body.map(({ provider, email }) => [provider, email]),
    [
      ['google', 'hopper-google@example.com'],
      ['kakao', 'hopper-kakao@example.com'],
    ],
  );
});

test("What is another user's is not linked, and another browser links nothing", async (t) => {
  const { call, beginLink, begin, goTo, signInBy } = await api(t);
  await signInBy('google', person('owner'));
  const { headers } = await signedIn(call, 'thief@example.com');
  const begun = await beginLink('google', headers);
  const callback = await goTo('google', begun, person('owner'));
  const taken = await call('GET', callback, undefined, begun.headers);
  t.is(taken.status, 409);
  t.regex(String(taken.body['detail']), /another user/);

  // The address of one's own linking, sent to somebody else.
  const sent = await beginLink('google', headers);
  const victims = await begin('google');
  const reached = await goTo('google', sent, person('victim'));
  for (const cookie of [{}, victims.headers])
    t.is((await call('GET', reached, undefined, cookie)).status, 400);
  t.deepEqual((await call<unknown[]>('GET', '/oauth/identities', undefined, headers)).body, []);
});

test('Linking needs a session: one that is recent when it begins, and goes on when it ends', async (t) => {
  const { call, beginLink, goTo, clock, knex } = await startOAuthApi(t);
  t.is((await call('POST', '/oauth/google/link')).status, 401);
  const { id, headers } = await signedIn(call, 'ada@example.com');
  const [ended, disabled] = [await beginLink('google', headers), await beginLink('google', headers)];
  const callback = await goTo('google', ended, person('late'));
  const other = await goTo('google', disabled, person('late'));
  await knex('users').where({ id }).update({ disabled_at: new Date() });
  t.is((await call('GET', other, undefined, disabled.headers)).status, 401);
  await knex('users').where({ id }).update({ disabled_at: null });
  await call('POST', '/auth/logout', undefined, headers);
  t.is((await call('GET', callback, undefined, ended.headers)).status, 401);
  t.deepEqual(await knex('user_identities'), []);

  const { body } = await call<Pair>('POST', '/auth/login', { email: 'ada@example.com', password: PASSWORD });
  const link = () => call('POST', '/oauth/google/link', undefined, bearer(body.access_token));
  clock.pass(300_000);
  t.is((await link()).status, 200);
  clock.pass(1_000);
  const stale = await link();
  t.is(stale.status, 403);
  t.regex(String(stale.body['detail']), /Sign in again/);
});

test('A page of ours on another origin may keep the cookie of a link, and sends none elsewhere', async (t) => {
  const { call } = await api(t);
  const { headers } = await signedIn(call, 'page@example.com');
  const from = (origin: string) => ({ ...headers, Origin: origin });
  const allowed = 'Access-Control-Allow-Credentials';
  const own = await call('POST', '/oauth/google/link', undefined, from('http://localhost:3000'));
  t.is(own.headers.get(allowed), 'true');
  const elsewhere = await call('GET', '/auth/sessions', undefined, from('http://localhost:3000'));
  t.is(elsewhere.headers.get(allowed), null);
  const foreign = await call('POST', '/oauth/google/link', undefined, from('https://evil.example'));
  t.is(foreign.status, 403);
  t.is(foreign.headers.get('Access-Control-Allow-Origin'), null);
});

test('The last way in is not taken: a password or another provider comes first', async (t) => {
  const { call, signInBy, knex } = await api(t);
  const { body: pair } = await signInBy('google', person('only'));
  const headers = bearer(pair.access_token);
  const { body } = await call<Identity[]>('GET', '/oauth/identities', undefined, headers);
  const path = `/oauth/identities/${body[0]!.id}`;
  const refused = await call('DELETE', path, undefined, headers);
  t.is(refused.status, 409);
  t.regex(String(refused.body['detail']), /Set a password .* or link another provider/);

  // One by which nobody can sign in here does not count.
  const [{ user_id }] = await knex('user_identities').where({ id: body[0]!.id });
  const gone = { user_id, provider: 'gone', issuer: 'https://gone.example', subject: 'only' };
  await knex('user_identities').insert({ ...gone, created_at: new Date() });
  t.is((await call('DELETE', path, undefined, headers)).status, 409);

  const { headers: others } = await signedIn(call, 'other@example.com');
  for (const [unknown, as] of [
    [path, others],
    ['/oauth/identities/00000000-0000-4000-8000-000000000000', headers],
  ] as const)
    t.is((await call('DELETE', unknown, undefined, as)).status, 404);
  t.is((await call('DELETE', path)).status, 401);
  t.is((await signInBy('google', person('only'))).status, 200);
});

test('Of two ways in that are taken at once one stays', async (t) => {
  const { call, signInBy, beginLink, goTo } = await api(t);
  const { body: pair } = await signInBy('google', person('both'));
  const headers = bearer(pair.access_token);
  const begun = await beginLink('kakao', headers);
  await call('GET', await goTo('kakao', begun, person('both')), undefined, begun.headers);
  const { body } = await call<Identity[]>('GET', '/oauth/identities', undefined, headers);
  t.is(body.length, 2);
  const answers = await Promise.all(
    body.map(({ id }) => call('DELETE', `/oauth/identities/${id}`, undefined, headers)),
  );
  t.deepEqual(answers.map(({ status }) => String(status)).toSorted(), ['200', '409']);
});

test('Who has no password sets the first one soon after signing in, and may then unlink', async (t) => {
  const { call, signInBy, clock } = await startOAuthApi(t);
  const set = (headers: Record<string, string>, more: object = {}) =>
    call<{ detail: string }>('POST', '/auth/change-password', { new_password: CHANGED, ...more }, headers);
  const { body: old } = await signInBy('google', person('ada'));
  clock.pass(301_000);
  const stale = await set(bearer(old.access_token));
  t.is(stale.status, 403);
  t.regex(stale.body.detail, /Sign in again/);
  t.is((await set(bearer(old.access_token), { current_password: 'anything' })).status, 403);

  const { body: pair } = await signInBy('google', person('ada'));
  t.is((await set(bearer(pair.access_token), { new_password: 'short' })).status, 400);
  t.is((await set(bearer(pair.access_token))).status, 200);
  // As with every change, all sessions have ended.
  for (const { access_token } of [old, pair])
    t.is((await call('GET', '/auth/sessions', undefined, bearer(access_token))).status, 401);

  const { body } = await call<Pair>('POST', '/auth/login', { email: 'ada@example.com', password: CHANGED });
  const headers = bearer(body.access_token);
  const without = await set(headers, { new_password: PASSWORD });
  t.is(without.status, 401);
  t.regex(without.body.detail, /current_password/);
  const { body: identities } = await call<Identity[]>('GET', '/oauth/identities', undefined, headers);
  t.is((await call('DELETE', `/oauth/identities/${identities[0]!.id}`, undefined, headers)).status, 200);
  t.is((await signInBy('google', person('ada'))).status, 409);
});
