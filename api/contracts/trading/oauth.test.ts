import { decodeJwt } from 'jose';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { bearer, signedIn, testIdentity, type Pair } from '../../testing/identity.ts';
import { PROVIDERS, startOAuthApi } from '../../testing/oauth.ts';
import { startApi } from '../../testing/start-api.ts';

/** For tests that each have people of their own. */
const api = shared(startOAuthApi);

const person = (sub: string, isVerified = true) => ({
  ...{ sub, email: `${sub}@Example.com`, email_verified: isVerified },
});

for (const name of PROVIDERS) {
  test(`trading-api 21: ${name} is gone to with state, nonce and PKCE, and the browser keeps a cookie`, async (t) => {
    const { begin, knex, providers } = await api(t);
    const { address, setCookie } = await begin(name);
    t.is(address.origin, providers[name].issuer);
    const { state, nonce, code_challenge, scope, ...rest } = Object.fromEntries(address.searchParams);
    t.deepEqual(rest, {
      ...{ client_id: providers[name].client.clientId, response_type: 'code', code_challenge_method: 'S256' },
      redirect_uri: `https://trading.example/oauth/${name}/callback`,
    });
    for (const secret of [state, nonce, code_challenge]) t.regex(secret!, /^[\w-]{43}$/);
    t.true(scope!.split(' ').includes('openid'));
    const [, cookie] =
      /^__Host-oauth=([\w-]{43}); Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/.exec(setCookie)!;
    const { rows } = await knex.raw<{ rows: object[] }>('SELECT o::text FROM oauth_transactions o');
    const kept = JSON.stringify(rows);
    t.true(kept.includes(nonce!));
    for (const secret of [state!, cookie!]) t.false(kept.includes(secret));
  });

  test(`trading-api 21: a callback of ${name} with a valid code and state answers a token pair`, async (t) => {
    const { call, signInBy, knex, ownerId } = await api(t);
    const { status, body, headers } = await signInBy(name, person(`ada-${name}`));
    t.is(status, 200);
    t.deepEqual(Object.keys(body), ['access_token', 'refresh_token', 'token_type']);
    t.regex(headers.get('Set-Cookie')!, /^__Host-oauth=; Path=\/; Max-Age=0;/);
    const email = `ada-${name}@example.com`;
    t.like(decodeJwt(body.access_token), { email, role: 'user', type: 'access' });
    t.like(await knex('users').where({ email }).first(), { name: `ada-${name}`, password_hash: null });
    const { user_id } = decodeJwt(body.access_token);
    const entry = await knex('audit_logs').where({ user_id, action: 'auth.sign_in' }).first();
    t.is(entry.details.by, name);
    const own = bearer(body.access_token);
    t.is((await call('GET', '/auth/sessions', undefined, own)).status, 200);
    t.is((await call<Pair>('POST', '/auth/refresh', { refresh_token: body.refresh_token })).status, 200);

    // Whom the provider names is the same under another email.
    const again = await signInBy(name, { ...person(`ada-${name}`), email: 'lovelace@example.com' });
    const userOf = (pair: Pair) => decodeJwt(pair.access_token)['user_id'];
    t.is(userOf(again.body), userOf(body));
    t.not(userOf(body), ownerId);
    const { body: identities } = await call<object[]>('GET', '/oauth/identities', undefined, own);
    t.is(identities.length, 1);
    t.like(identities[0], { provider: name, email });
  });

  test(`An email for which ${name} does not vouch makes no user`, async (t) => {
    const { signInBy, knex } = await api(t);
    const sub = `unverified-${name}`;
    for (const one of [person(sub, false), { sub, email: `${sub}@example.com` }, { sub }]) {
      const { status, body } = await signInBy(name, one);
      t.is(status, 403);
      t.regex(body.detail, /vouches for no email/);
    }
    t.is((await signInBy(name, { ...person(sub), email: 'no address' })).status, 403);
    t.deepEqual(await knex('user_identities').where({ subject: sub }), []);
    t.is((await signInBy(name, person(sub))).status, 200);
  });
}

test('trading-api 21: a wrong state is answered 400', async (t) => {
  const { call, begin, goTo } = await api(t);
  const begun = await begin('google');
  const callback = await goTo('google', begun, person('wrong-state'));
  const wrong = new URL(callback, 'https://trading.example');
  wrong.searchParams.set('state', 'x'.repeat(43));
  const { status, body } = await call('GET', wrong.pathname + wrong.search, undefined, begun.headers);
  t.is(status, 400);
  t.regex(String(body['detail']), /Begin it again/);
  for (const search of ['?state=%00&code=%00', '?state=&code='])
    t.is((await call('GET', wrong.pathname + search, undefined, begun.headers)).status, 400);
  t.is((await call('GET', `${wrong.pathname}?code=x`, undefined, begun.headers)).status, 422);
  t.is((await call('GET', callback, undefined, begun.headers)).status, 200);
});

test('trading-api 21: a callback in another browser, of another provider, or a second time is answered 400', async (t) => {
  const { call, begin, goTo } = await api(t);
  const [begun, other] = [await begin('google'), await begin('google')];
  const callback = await goTo('google', begun, person('replayed'));
  const statusOf = async (path: string, headers: Record<string, string>) =>
    (await call('GET', path, undefined, headers)).status;
  t.is(await statusOf(callback, other.headers), 400);
  t.is(await statusOf(callback, {}), 400);
  t.is(await statusOf(callback.replace('google', 'kakao'), begun.headers), 400);
  // What others tried has taken nothing from whom it belongs to.
  t.is(await statusOf(callback, begun.headers), 200);
  t.is(await statusOf(callback, begun.headers), 400);
});

test('A sign-in that took longer than 10 minutes is to be begun again', async (t) => {
  const { call, begin, goTo, clock } = await startOAuthApi(t);
  const begun = await begin('google');
  const callback = await goTo('google', begun, person('slow'));
  clock.pass(600_000);
  t.is((await call('GET', callback, undefined, begun.headers)).status, 400);
  const another = await begin('google');
  const inTime = await goTo('google', another, person('slow'));
  clock.pass(599_000);
  t.is((await call('GET', inTime, undefined, another.headers)).status, 200);
});

test('Of 20 callbacks at once with the same state one alone opens a session', async (t) => {
  const { call, begin, goTo, knex } = await api(t);
  const begun = await begin('google');
  const callback = await goTo('google', begun, person('at-once'));
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call('GET', callback, undefined, begun.headers)),
  );
  t.is(answers.filter(({ status }) => status === 200).length, 1);
  t.is(answers.filter(({ status }) => status === 400).length, 19);
  const sessions = knex('sessions').join('users', 'users.id', 'sessions.user_id');
  t.is((await sessions.where({ email: 'at-once@example.com' })).length, 1);
});

test('Who comes back twice at once for the first time is one user', async (t) => {
  const { signInBy } = await api(t);
  const answers = await Promise.all(Array.from({ length: 6 }, () => signInBy('google', person('twins'))));
  t.deepEqual(
    answers.map(({ status }) => status),
    Array(6).fill(200),
  );
  t.is(new Set(answers.map(({ body }) => decodeJwt(body.access_token)['user_id'])).size, 1);
});

test('A disabled user is refused', async (t) => {
  const { signInBy, knex } = await api(t);
  await signInBy('kakao', person('disabled'));
  const user = knex('users').where({ email: 'disabled@example.com' });
  await user.clone().update({ disabled_at: new Date() });
  const { status, body } = await signInBy('kakao', person('disabled'));
  t.is(status, 403);
  t.regex(body.detail, /disabled/);
  const { id } = await user.first();
  t.is((await knex('sessions').where({ user_id: id })).length, 1);
});

test('A provider that is not set up is not found, whatever is asked of it', async (t) => {
  const { call } = await startApi(t);
  const { headers } = await signedIn(call, 'ada@example.com');
  for (const name of ['google', 'kakao', 'constructor', 'nobody', '%00']) {
    for (const path of [`/oauth/${name}`, `/oauth/${name}/callback?state=x&code=y`]) {
      const { status, body } = await call('GET', path);
      t.is(status, 404, path);
      t.regex(String(body['detail']), /not set up/);
    }
    t.is((await call('POST', `/oauth/${name}/link`)).status, 401);
    t.is((await call('POST', `/oauth/${name}/link`, undefined, headers)).status, 404);
  }
});

test('Where browsers come over plain http on this machine the cookie goes without Secure', async (t) => {
  const oauth = { ...(await api(t)).oauth, redirectBase: 'http://127.0.0.1:8000' };
  const { call } = await startApi(t, {}, { identity: testIdentity({ oauth }) });
  const { headers } = await call('GET', '/oauth/google');
  t.regex(headers.get('Set-Cookie')!, /^oauth=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
});
