import { createHash, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import test, { type ExecutionContext } from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import {
  PASSWORD,
  bearer,
  signedIn,
  TEST_SECRET,
  testClock,
  testIdentity,
  type Pair,
} from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startApi);

const DAY_MS = 24 * 3_600_000;

async function withClock(t: ExecutionContext) {
  const clock = testClock();
  const started = await startApi(t, {}, { identity: testIdentity({ now: clock.now }) });
  const refresh = (refresh_token: string) =>
    started.call<Partial<Pair>>('POST', '/auth/refresh', { refresh_token });
  return { ...started, clock, refresh };
}

test('trading-api 14: a fresh refresh token gives an access token and no other refresh token', async (t) => {
  const { call } = await api(t);
  const { refresh_token } = await signedIn(call, 'fresh@example.com');
  const { status, body } = await call<Pair>('POST', '/auth/refresh', { refresh_token });
  t.is(status, 200);
  t.deepEqual(Object.keys(body), ['access_token', 'token_type']);
  t.is((await call('GET', '/auth/sessions', undefined, bearer(body.access_token))).status, 200);
});

test('trading-api 15: with less than a day left it is replaced, and the session goes on', async (t) => {
  const { call, clock, refresh } = await withClock(t);
  const { refresh_token } = await signedIn(call, 'ada@example.com');
  clock.pass(6 * DAY_MS - 2_000);
  t.deepEqual(Object.keys((await refresh(refresh_token)).body), ['access_token', 'token_type']);
  clock.pass(3_000);
  const { status, body } = await refresh(refresh_token);
  t.is(status, 200);
  t.deepEqual(Object.keys(body), ['access_token', 'refresh_token', 'token_type']);
  clock.pass(2 * DAY_MS);
  const later = await refresh(body.refresh_token!);
  t.is(later.status, 200);
  t.is((await call('GET', '/auth/sessions', undefined, bearer(later.body.access_token!))).status, 200);
});

test('A refresh token that was replaced and is shown again later ends the session for both holders', async (t) => {
  const { call, clock, refresh, lines } = await withClock(t);
  const { refresh_token, id } = await signedIn(call, 'ada@example.com');
  const other = (await call<Pair>('POST', '/auth/login', { email: 'ada@example.com', password: PASSWORD }))
    .body;
  clock.pass(6 * DAY_MS + 1_000);
  const { body } = await refresh(refresh_token);
  clock.pass(10_000);
  t.is((await refresh(refresh_token)).status, 401);
  t.is((await refresh(body.refresh_token!)).status, 401);
  t.is((await call('GET', '/auth/sessions', undefined, bearer(body.access_token!))).status, 401);
  t.is((await refresh(other.refresh_token)).status, 200);
  const warnings = lines.filter(({ msg }) => /refresh token was shown/.test(String(msg)));
  t.is(warnings.length, 1);
  t.like(warnings[0], { level: 40, user_id: id });
  t.false(JSON.stringify(warnings).includes('ada@example.com'));
});

test('A refresh token whose successor is in use ends the session also within the grace', async (t) => {
  const { call, clock, refresh } = await withClock(t);
  const { refresh_token } = await signedIn(call, 'ada@example.com');
  clock.pass(6 * DAY_MS + 1_000);
  const { body } = await refresh(refresh_token);
  t.is((await refresh(body.refresh_token!)).status, 200);
  t.is((await refresh(refresh_token)).status, 401);
  t.is((await refresh(body.refresh_token!)).status, 401);
});

test('20 refreshes at once near the end, and one whose answer was lost, are given the same refresh token', async (t) => {
  const { call, knex, clock, refresh } = await withClock(t);
  const { refresh_token } = await signedIn(call, 'ada@example.com');
  clock.pass(6 * DAY_MS + 1_000);
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));
  clock.pass(9_999);
  const all = [...answers, await refresh(refresh_token)];
  t.deepEqual([...new Set(all.map(({ status }) => status))], [200]);
  const successors = new Set(all.map(({ body }) => body.refresh_token!));
  t.is(successors.size, 1);
  const [successor = ''] = successors;
  for (const { body } of all)
    t.is((await call('GET', '/auth/sessions', undefined, bearer(body.access_token!))).status, 200);
  clock.pass(DAY_MS);
  t.is((await refresh(successor)).status, 200);
  const rows = await knex('refresh_tokens');
  t.is(rows.length, 2);
  t.false(JSON.stringify(rows.map(({ token_hash }) => String(token_hash))).includes(successor));
});

test('A session ends 30 days after signing in, however often it is refreshed', async (t) => {
  const { call, clock, refresh } = await withClock(t);
  let { refresh_token, access_token } = await signedIn(call, 'ada@example.com');
  for (const days of [6.5, 6.5, 6.5, 6.5, 3.9]) {
    clock.pass(days * DAY_MS);
    const { status, body } = await refresh(refresh_token);
    t.is(status, 200);
    [refresh_token, access_token] = [body.refresh_token ?? refresh_token, body.access_token!];
  }
  const list = async () => (await call('GET', '/auth/sessions', undefined, bearer(access_token))).status;
  t.is(await list(), 200);
  clock.pass(0.1 * DAY_MS);
  t.is((await refresh(refresh_token)).status, 401);
});

test('trading-api 16: what is far too long for a token is refused as any other rubbish', async (t) => {
  const { call } = await api(t);
  const { status } = await call('POST', '/auth/refresh', { refresh_token: 'x'.repeat(5_000) });
  t.is(status, 401);
});

test('20 refreshes at once of a token with days left are all answered', async (t) => {
  const { call } = await api(t);
  const { refresh_token } = await signedIn(call, 'many@example.com');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call<Pair>('POST', '/auth/refresh', { refresh_token })),
  );
  t.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  for (const { body } of answers) t.false('refresh_token' in body);
});

test('Refresh tokens are kept as their hash', async (t) => {
  const { call, knex } = await startApi(t);
  const { refresh_token } = await signedIn(call, 'ada@example.com');
  const rows = await knex('refresh_tokens');
  t.is(rows.length, 1);
  t.is(rows[0].token_hash.length, 32);
  const { rows: dumped } = await knex.raw<{ rows: object[] }>(
    'SELECT r::text, s::text AS session FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id',
  );
  t.false(JSON.stringify(dumped).includes(refresh_token.slice(-40)));
});

for (const purpose of ['access', 'refresh'] as const) {
  test(`trading-api 16: what is no ${purpose} token of ours, or no longer, is refused`, async (t) => {
    const { call, knex, clock, refresh } = await withClock(t);
    const pair = await signedIn(call, 'ada@example.com');
    const statusOf = async (token: string) =>
      purpose === 'refresh'
        ? (await refresh(token)).status
        : (await call('GET', '/auth/sessions', undefined, bearer(token))).status;
    const token = pair[`${purpose}_token`];
    const claims = decodeJwt(token);
    const header = decodeProtectedHeader(token) as { alg: string; kid: string; typ: string };
    const signed = (change: object, changedHeader: object = {}, secret = TEST_SECRET) =>
      new SignJWT({ ...claims, ...change })
        .setProtectedHeader({ ...header, ...changedHeader })
        .sign(new TextEncoder().encode(secret));
    const refused = {
      'another purpose': pair[`${purpose === 'access' ? 'refresh' : 'access'}_token`],
      rubbish: 'rubbish',
      'another secret': await signed({}, {}, 'another-secret-0123456789abcdefgh'),
      'the algorithm none': new UnsecuredJWT(claims).encode(),
      'another algorithm': await signed({}, { alg: 'HS512' }),
      'another issuer': await signed({ iss: 'somebody' }),
      'another audience': await signed({ aud: 'something' }),
      'a type that its claims deny': await signed({ type: 'link' }),
      'a type that its header denies': await signed({}, { typ: 'link+jwt' }),
      'no type': await signed({}, { typ: undefined }),
      'a key nobody knows': await signed({}, { kid: 'unknown' }),
      'no key': await signed({}, { kid: undefined }),
      'no session': await signed({ sid: undefined }),
      'another user': await signed({ user_id: randomUUID() }),
      'no user': await signed({ user_id: undefined }),
      'no time': await signed({ iat: undefined }),
      'no end': await signed({ exp: undefined }),
      'a longer life': await signed({ iat: claims.iat! - 8 * 24 * 3_600 }),
      'issued in the future': await signed({ iat: claims.iat! + 60 }),
      'another version of the user': await signed({ ver: 7 }),
    };
    // As if all of them had been issued: what is wrong with them is enough.
    await knex.raw('DROP INDEX refresh_tokens_current_key');
    const { session_id } = await knex('refresh_tokens').first();
    for (const [what, refusedToken] of Object.entries(refused)) {
      const token_hash = createHash('sha256').update(refusedToken).digest();
      const row = { token_hash, session_id, issued_at: clock.now() };
      await knex('refresh_tokens').insert(row).onConflict('token_hash').ignore();
      t.is(await statusOf(refusedToken), 401, what);
    }
    // The same made by us: what is refused above is so for its one difference.
    t.is(await statusOf(await signed({})), 200);
    if (purpose === 'refresh') t.is(await statusOf(await signed({ jti: 'one we never issued' })), 401);
    clock.pass((claims.exp! - claims.iat! + 6) * 1_000);
    t.is(await statusOf(token), 401);
  });
}

test('Clocks may be 5 s apart', async (t) => {
  const { call, clock } = await withClock(t);
  const { headers } = await signedIn(call, 'ada@example.com');
  const status = async () => (await call('GET', '/auth/sessions', undefined, headers)).status;
  clock.pass(3_600_000 + 2_000);
  t.is(await status(), 200);
  clock.pass(5_000);
  t.is(await status(), 401);
});

test('A change of the secret signs nobody out while the older one is known', async (t) => {
  const { call, knex } = await startApi(t);
  const { headers, refresh_token, access_token } = await signedIn(call, 'ada@example.com');
  const secret = 'the-next-secret-0123456789abcdefghij';
  const changed = testIdentity({ secret, olderSecret: TEST_SECRET });
  const { call: after } = await startApi(t, {}, { knex, identity: changed });
  t.is((await after('GET', '/auth/sessions', undefined, headers)).status, 200);
  const { body } = await after<Pair>('POST', '/auth/refresh', { refresh_token });
  const kid = (token: string) => decodeProtectedHeader(token).kid;
  t.not(kid(body.access_token), kid(access_token));
  const { call: last } = await startApi(t, {}, { knex, identity: testIdentity({ secret }) });
  t.is((await last('GET', '/auth/sessions', undefined, headers)).status, 401);
  t.is((await last('GET', '/auth/sessions', undefined, bearer(body.access_token))).status, 200);
});
