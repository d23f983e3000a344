import test from 'ava';
import { addressList, NO_ADDRESS } from '../../addresses.ts';
import { bearer, PASSWORD, signedIn, testIdentity } from '../../testing/identity.ts';
import { shared } from '../../../runtime/testing/shared.ts';
import { patientDatabase, startApi, TEST_SETTINGS } from '../../testing/start-api.ts';
import { trading } from './index.ts';

const api = shared(startApi);

test('trading-api 62: pages of the named origins may sign in, others get no header that allows it', async (t) => {
  const { call } = await startApi(t, { tradingCorsOrigins: ['https://app.example'] });
  const ask = (Origin: string, method = 'GET') => call(method, '/auth/sessions', undefined, { Origin });
  const { headers } = await ask('https://app.example');
  t.is(headers.get('Access-Control-Allow-Origin'), 'https://app.example');
  t.is(headers.get('Access-Control-Allow-Credentials'), null);
  t.regex(headers.get('Access-Control-Expose-Headers')!, /RateLimit/);
  // A device that signs in may keep the cookie by which it is known.
  const signIn = await call('POST', '/auth/login', {}, { Origin: 'https://app.example' });
  t.is(signIn.headers.get('Access-Control-Allow-Credentials'), 'true');
  // Named for the scalper contract alone.
  for (const foreign of ['http://localhost:3000', 'https://app.example.evil', 'null', '*']) {
    const answer = await ask(foreign);
    t.is(answer.headers.get('Access-Control-Allow-Origin'), null, foreign);
    const refused = await ask(foreign, 'DELETE');
    t.is(refused.status, 403, foreign);
    t.regex(refused.text, /name it in CORS_ORIGINS\./);
  }
  const scalper = await call('GET', '/api/v1/bots/', undefined, { Origin: 'http://localhost:3000' });
  t.is(scalper.headers.get('Access-Control-Allow-Origin'), 'http://localhost:3000');
});

test('What passwords and codes are guessed by counts as a try to sign in', (t) => {
  const asking = trading(TEST_SETTINGS).routes.filter(({ examples = {} }) =>
    Object.values(examples).some(({ value }) =>
      Object.keys(value).some((name) => /(^|_)(password|code)$/.test(name)),
    ),
  );
  t.true(asking.some(({ path }) => path === '/auth/change-password'));
  for (const { path, limit } of asking) t.is(limit, 'sign-in', path);
});

test('trading-api 64: an admin has no admin rights from an address that is not listed, whatever it says of itself', async (t) => {
  const identity = testIdentity();
  const { knex } = await patientDatabase(t);
  const own = await startApi(t, {}, { identity, knex });
  const { id, headers: admin } = await signedIn(own.call, 'root@example.com');
  await knex('users').where({ id }).update({ role: 'admin' });
  const { headers: user } = await signedIn(own.call, 'ada@example.com');
  t.is((await own.call('GET', '/auth/users', undefined, admin)).status, 200);

  const adminAddresses = addressList(['203.0.113.0/24', '2001:db8::/32']);
  const behind = await startApi(t, { adminAddresses, trustedProxies: 1 }, { identity, knex });
  const from = async (forwarded: string, path = '/auth/users') =>
    (await behind.call('GET', path, undefined, { ...admin, 'X-Forwarded-For': forwarded })).status;
  for (const path of ['/auth/users', '/api-status']) {
    for (const inside of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::1', '198.51.100.1, 203.0.113.9'])
      t.is(await from(inside, path), 200, inside);
    for (const outside of ['198.51.100.1', '203.0.113.9, 198.51.100.1', '2001:db9::1', '127.0.0.1', 'x'])
      t.is(await from(outside, path), 403, outside);
  }
  t.is(await from('198.51.100.1', '/auth/sessions'), 200);

  const direct = await startApi(t, { adminAddresses }, { identity, knex });
  const spoofed = { ...admin, 'X-Forwarded-For': '203.0.113.9' };
  const refused = await direct.call('GET', '/auth/users', undefined, spoofed);
  t.is(refused.status, 403);
  t.regex(refused.body['detail'] as string, /ADMIN_IP_WHITELIST/);
  const inList = { ...user, 'X-Forwarded-For': '203.0.113.9' };
  t.is((await behind.call('GET', '/auth/users', undefined, inList)).status, 403);
  t.is(
    (await behind.call('GET', '/auth/users', undefined, { 'X-Forwarded-For': '203.0.113.9' })).status,
    401,
  );
  const nobody = await startApi(t, { adminAddresses: NO_ADDRESS }, { identity, knex });
  t.is((await nobody.call('GET', '/auth/users', undefined, admin)).status, 403);
});

test('trading-api 65: a fault inside is a neutral 500 with a request id, under which the log has the details', async (t) => {
  const { call, knex, lines } = await startApi(t);
  const { headers } = await signedIn(call, 'ada@example.com');
  // What touches a column that is gone fails with SQL in its message.
  await knex.raw('ALTER TABLE sessions RENAME COLUMN user_agent TO canary_column');
  for (const [method, path, body] of [
    ['POST', '/auth/login', { email: 'ada@example.com', password: PASSWORD }],
    ['GET', '/auth/sessions', undefined],
  ] as const) {
    const { status, body: said, text, headers: sent } = await call(method, path, body, headers);
    t.is(status, 500, path);
    const id = said['request_id'] as string;
    t.deepEqual(said, { detail: 'Internal server error', request_id: id });
    t.is(sent.get('X-Request-ID'), id);
    t.notRegex(text, /select|insert|user_agent|column|\.ts|node_modules|at /i);
    const line = lines.find((one) => one['request_id'] === id && one['level'] === 50);
    t.regex(JSON.stringify(line), /user_agent/);
  }
});

test('trading-api 66: SQL in a text is stored or refused as the text it is', async (t) => {
  const { call, knex } = await api(t);
  const injections = [
    ...["' OR '1'='1", "'; DROP TABLE users; --", '") OR 1=1 --', "admin'--", '${1}', '?', ':now', '%', '\\'],
    "x'); UPDATE users SET role = 'admin'; --",
  ];
  for (const [at, sql] of injections.entries()) {
    const before = await knex('users').orderBy('id');
    for (const email of [sql, `a${sql}@example.com`]) {
      const signUp = await call('POST', '/auth/register', { email, password: PASSWORD });
      t.true([201, 400].includes(signUp.status), sql);
      const signIn = await call('POST', '/auth/login', { email, password: sql });
      t.is(signIn.status, 401, sql);
    }
    const { headers, email } = await signedIn(call, `user-${at}@example.com`);
    const agent = { ...headers, 'User-Agent': sql };
    const opened = await call<{ access_token: string }>(
      'POST',
      '/auth/login',
      { email, password: PASSWORD },
      agent,
    );
    t.is(opened.status, 200);
    const { body } = await call<{ user_agent: string }[]>('GET', '/auth/sessions', undefined, headers);
    t.true(
      body.some(({ user_agent: stored }) => stored === sql),
      sql,
    );
    const text = encodeURIComponent(sql);
    t.is((await call('GET', `/auth/users?limit=${text}`, undefined, headers)).status, 403, sql);
    t.is((await call('DELETE', `/auth/sessions/${text}`, undefined, headers)).status, 422, sql);
    const change = { current_password: sql, new_password: 'battery-Staple-8' };
    t.is((await call('POST', '/auth/change-password', change, headers)).status, 401);
    t.is((await call('POST', '/auth/refresh', { refresh_token: sql })).status, 401);
    const after = await knex('users').orderBy('id');
    t.true(before.every(({ id }) => after.some((row) => row.id === id)));
  }
  t.deepEqual(await knex('users').where('role', '!=', 'user'), []);
});

test('trading-api 67: health follows the database, readiness what commands need too, and a process lives while it answers', async (t) => {
  const { knex } = await patientDatabase(t);
  const { call, bots } = await startApi(t, {}, { knex });
  t.like((await call('GET', '/health')).body, { status: 'ok' });
  t.deepEqual((await call('GET', '/health/live')).body, { status: 'ok' });
  t.deepEqual((await call('GET', '/health/ready')).body, {
    ...{ status: 'ok', database: 'up', temporal: 'up', redis: 'not_configured' },
  });
  bots.outage = 'away';
  t.is((await call('GET', '/health')).status, 200);
  const unready = await call('GET', '/health/ready');
  t.is(unready.status, 503);
  t.like(unready.body, { status: 'down', database: 'up', temporal: 'down' });
  await knex.destroy();
  const down = await call('GET', '/health');
  t.is(down.status, 503);
  t.like(down.body, { status: 'down', database: 'down' });
  t.truthy(down.headers.get('Retry-After'));
  t.is((await call('GET', '/health/live')).status, 200);
});

test('trading-api 67: an admin sees each service outside as connected, not configured or failing, and nothing more', async (t) => {
  const services = {
    telegram: async () => true,
    deepseek: async () => false,
    bitget: () => Promise.reject(new Error('the canary in an address')),
  };
  const { call, knex, bots } = await startApi(t, {}, { services });
  const { id, headers } = await signedIn(call, 'root@example.com');
  t.is((await call('GET', '/api-status', undefined, headers)).status, 403);
  t.is((await call('GET', '/api-status')).status, 401);
  await knex('users').where({ id }).update({ role: 'admin' });
  bots.outage = 'away';
  type Status = { services: { name: string; state: string; checked_at: string }[] };
  const { body, text } = await call<Status>('GET', '/api-status', undefined, headers);
  t.deepEqual(Object.fromEntries(body.services.map(({ name, state }) => [name, state])), {
    ...{ database: 'connected', temporal: 'failing', redis: 'not_configured' },
    ...{ telegram: 'connected', deepseek: 'not_configured', bitget: 'failing' },
  });
  for (const { checked_at: at } of body.services) t.true(Date.now() - Date.parse(at) < 60_000);
  t.false(text.includes('canary'));
});

test('trading-api 68: each line of the log is an object, and none has a password or a token in it', async (t) => {
  const { call, lines } = await startApi(t);
  const pair = await signedIn(call, 'ada@example.com');
  const wrong = { email: 'ada@example.com', password: 'canary-Password-1' };
  await call('POST', '/auth/login', wrong);
  await call('POST', '/auth/login?password=canary-2', wrong, { 'X-Api-Key': 'canary-3' });
  await call('POST', '/auth/refresh', { refresh_token: pair.refresh_token });
  await call('GET', '/auth/sessions', undefined, bearer('canary-4'));
  await call(
    'POST',
    '/auth/change-password',
    { current_password: PASSWORD, new_password: 'canary-New-5' },
    pair.headers,
  );
  t.is(lines.filter(({ msg }) => msg === 'request').length, 7);
  const log = JSON.stringify(lines);
  for (const secret of ['canary', PASSWORD, pair.access_token, pair.refresh_token])
    t.false(log.includes(secret));
});
