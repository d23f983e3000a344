import { request } from 'node:http';
import test from 'ava';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { shared } from '../runtime/testing/shared.ts';
import { createRouter } from './router.ts';
import { EXAMPLE, post } from './testing/example.ts';
import { testIdentity } from './testing/identity.ts';
import { madeUpDeposits } from './testing/made-up-deposits.ts';
import { NO_FUND, patientDatabase, startApi, TEST_SETTINGS, type Call } from './testing/start-api.ts';
import { NO_WITHDRAWALS } from './testing/no-withdrawals.ts';
import { STRICT_EXCHANGE } from './testing/strict-exchange.ts';
import { scalper } from './contracts/scalper/index.ts';

/** For tests that are about no row. */
const database = shared(async (t) => ({ knex: (await patientDatabase(t)).knex }));

const SECURITY = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

test('scalper-bot 45: the security headers are on every answer', async (t) => {
  const { call, bots } = await startApi(t, {}, await database(t));
  bots.command = () => Promise.reject(new Error('a fault inside'));
  const answers = [
    [200, await call('GET', '/api/v1/bots/')],
    [404, await call('GET', '/nowhere')],
    [200, await call('OPTIONS', '/api/v1/bots/')],
    [400, await call('POST', '/api/v1/bots/', { ...EXAMPLE, quantity: 0 })],
    [405, await call('PUT', '/api/v1/bots/', {})],
    [413, await call('POST', '/api/v1/bots/', 'x'.repeat(70_000))],
    [422, await call('POST', '/api/v1/bots/', {})],
    [500, await call('POST', '/api/v1/bots/', EXAMPLE)],
  ] as const;
  for (const [status, answer] of answers) {
    t.is(answer.status, status);
    for (const [name, value] of Object.entries(SECURITY)) t.is(answer.headers.get(name), value);
  }
});

test('scalper-bot 46: pages of the named origins may call, others not', async (t) => {
  const { call } = await startApi(t, {}, await database(t));
  const preflight = (Origin: string) =>
    call('OPTIONS', '/api/v1/bots/', undefined, { Origin, 'Access-Control-Request-Method': 'POST' });
  for (const origin of ['http://localhost:3000', 'http://localhost:3001']) {
    const { status, headers } = await preflight(origin);
    t.is(status, 204);
    t.is(headers.get('Access-Control-Allow-Origin'), origin);
    t.regex(headers.get('Access-Control-Allow-Methods')!, /POST/);
    const refused = await call('GET', '/api/v1/bots/none', undefined, { Origin: origin });
    t.is(refused.headers.get('Access-Control-Allow-Origin'), origin);
  }
  for (const origin of ['http://localhost:3002', 'https://evil.example', 'null']) {
    t.is((await preflight(origin)).headers.get('Access-Control-Allow-Origin'), null);
  }
});

test('scalper-bot 47: answers of 1,000 bytes or more are gzipped for those who accept it', async (t) => {
  const { call } = await startApi(t);
  const path = '/api/v1/bots/';
  const gzipped = async (encoding: string) => {
    const { status, headers } = await call('GET', path, undefined, { 'Accept-Encoding': encoding });
    t.is(status, 200, encoding);
    return headers.get('Content-Encoding') === 'gzip';
  };
  await post(call);
  t.true((await call('GET', path)).text.length < 1_000);
  t.false(await gzipped('gzip'));
  for (let count = 0; count < 3; count++) await post(call);
  t.true((await call('GET', path)).text.length >= 1_000);
  t.true(await gzipped('gzip, br'));
  for (const refusing of ['identity', 'gzip;q=0', 'br', 'identity;q=0', '*;q=0', ';;;']) {
    t.false(await gzipped(refusing), refusing);
  }
});

test('scalper-bot 47: 999 bytes are sent as they are, 1,000 gzipped', async (t) => {
  const { call } = await startApi(t);
  const log = (length: number) =>
    call('POST', '/api/v1/logs/', { level: 'INFO', message: 'x'.repeat(length) });
  const read = async () => {
    const { text, headers } = await call('GET', '/api/v1/logs/', undefined, { 'Accept-Encoding': 'gzip' });
    return [Buffer.byteLength(text), headers.get('Content-Encoding')];
  };
  await log(500);
  const [first] = await read();
  await log(1);
  const [both] = await read();
  await call('DELETE', '/api/v1/logs/');
  await log(500);
  await log(1 + 999 - Number(both));
  t.true(Number(first) < 999);
  t.deepEqual(await read(), [999, null]);
  await call('DELETE', '/api/v1/logs/');
  await log(500);
  await log(1 + 1_000 - Number(both));
  t.deepEqual(await read(), [1_000, 'gzip']);
});

test('scalper-bot 48: without debug plain HTTP goes to https', async (t) => {
  const { call } = await startApi(t, { debug: false, trustedProxies: 1 }, await database(t));
  const over = (protocol: string, path = '/api/v1/bots/?skip=1') =>
    call('GET', path, undefined, { 'X-Forwarded-Proto': protocol });
  const { status, headers } = await over('http');
  t.is(status, 307);
  t.regex(headers.get('Location')!, /^https:\/\/127\.0\.0\.1:\d+\/api\/v1\/bots\/\?skip=1$/);
  t.is((await over('https')).status, 200);
  t.is((await over('http', '/health')).status, 200);
});

test('scalper-bot 48: without a trusted proxy nobody is believed about https', async (t) => {
  const { call } = await startApi(t, { debug: false }, await database(t));
  t.is((await call('GET', '/api/v1/bots/', undefined, { 'X-Forwarded-Proto': 'https' })).status, 307);
});

test('scalper-bot 49: an unknown host is refused', async (t) => {
  const settings = { debug: false, trustedProxies: 1, allowedHosts: ['api.scalperbot.com'] };
  const { url } = await startApi(t, settings, await database(t));
  const statusFor = (host: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { Host: host, 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'api.scalperbot.com' };
      request(`${url}/api/v1/bots/`, { headers }, (answer) => resolve(answer.resume().statusCode!))
        .on('error', reject)
        .end();
    });
  t.is(await statusFor('api.scalperbot.com'), 200);
  t.is(await statusFor('API.scalperbot.com:443'), 200);
  for (const host of ['evil.example', 'api.scalperbot.com.evil.example', 'x'])
    t.is(await statusFor(host), 400);
});

test('scalper-bot 50: the 61st request in a minute waits, whatever the path', async (t) => {
  const { call } = await startApi(t, { rateLimit: { perMinute: 60, perHour: 1_000 } }, await database(t));
  for (let count = 0; count < 60; count++) {
    t.is(
      (await call('GET', count % 2 ? '/api/v1/logs/count' : '/api/v1/nowhere')).status,
      count % 2 ? 200 : 404,
    );
  }
  const { status, headers, body } = await call('GET', '/api/v1/bots/');
  t.is(status, 429);
  t.deepEqual(body, { detail: 'Rate limit exceeded' });
  const wait = Number(headers.get('Retry-After'));
  t.true(wait >= 1 && wait <= 60);
  t.is((await call('GET', '/')).status, 200);
  const preflight = { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' };
  t.is((await call('OPTIONS', '/api/v1/bots/', undefined, preflight)).status, 204);
});

/** Of so many requests, a few at a time. */
async function statusesOf(requests: number, call: Call): Promise<Set<number>> {
  const statuses = new Set<number>();
  const rest = Array.from({ length: requests }).values();
  const lane = async () => {
    for (const _ of rest) statuses.add((await call('GET', '/api/v1/nowhere')).status);
  };
  await Promise.all(Array.from({ length: 20 }, lane));
  return statuses;
}

test('scalper-bot 50: the 1,001st request in an hour waits longer', async (t) => {
  const { call } = await startApi(t, { rateLimit: { perMinute: 5_000, perHour: 1_000 } }, await database(t));
  t.deepEqual(await statusesOf(1_000, call), new Set([404]));
  const { status, headers } = await call('GET', '/api/v1/nowhere');
  t.is(status, 429);
  t.true(Number(headers.get('Retry-After')) > 60);
});

test('scalper-bot 50: switched off it never refuses', async (t) => {
  const { call } = await startApi(t, { rateLimit: null }, await database(t));
  t.deepEqual(await statusesOf(200, call), new Set([404]));
});

test('Addresses are counted apart, and only as many forwarded ones believed as there are proxies', async (t) => {
  const rateLimit = { perMinute: 1, perHour: 100 };
  const behind = await startApi(t, { rateLimit, trustedProxies: 1 }, await database(t));
  const from = async (address: string) =>
    (await behind.call('GET', '/api/v1/logs/count', undefined, { 'X-Forwarded-For': address })).status;
  t.is(await from('203.0.113.1'), 200);
  t.is(await from('203.0.113.2'), 200);
  t.is(await from('198.51.100.7, 203.0.113.1'), 429);
  t.is(await from('2001:db8:1:2::1'), 200);
  t.is(await from('2001:db8:1:2:ffff::9'), 429);
  t.is(await from('2001:db8:1:3::1'), 200);

  const bare = await startApi(t, { rateLimit }, await database(t));
  t.is(
    (await bare.call('GET', '/api/v1/logs/count', undefined, { 'X-Forwarded-For': '203.0.113.1' })).status,
    200,
  );
  t.is(
    (await bare.call('GET', '/api/v1/logs/count', undefined, { 'X-Forwarded-For': '203.0.113.2' })).status,
    429,
  );
});

test('scalper-bot 51: a fault inside tells the caller its id and nothing else', async (t) => {
  const { call, bots, lines } = await startApi(t, {}, await database(t));
  bots.command = () => Promise.reject(new Error('the secret inside'));
  const { status, body, text, headers } = await post<Record<string, string>>(call);
  t.is(status, 500);
  t.deepEqual(body, { detail: 'Internal server error', request_id: body['request_id']! });
  t.regex(body['request_id']!, /^req_[0-9a-z]{8,}$/);
  t.is(headers.get('X-Request-ID'), body['request_id']!);
  t.false(text.includes('secret'));
  const line = lines.find(({ level }) => level === 50);
  t.is(line?.['request_id'], body['request_id']);
});

test('A safe request id of the client is taken over, another is not', async (t) => {
  const { call } = await startApi(t, {}, await database(t));
  const echoed = async (id: string) =>
    (await call('GET', '/', undefined, { 'X-Request-ID': id })).headers.get('X-Request-ID');
  t.is(await echoed('trace-42'), 'trace-42');
  for (const unsafe of ['two words', '<script>', 'x'.repeat(65)]) t.regex((await echoed(unsafe))!, /^req_/);
});

test('scalper-bot 53: each request is one line of JSON, without query, body and headers', async (t) => {
  const { call, lines } = await startApi(t);
  await call(
    'POST',
    '/api/v1/bots/?token=canary-1',
    { ...EXAMPLE, password: 'canary-2' },
    { Authorization: 'canary-3' },
  );
  const requests = lines.filter(({ msg }) => msg === 'request');
  t.is(requests.length, 1);
  t.like(requests[0], { method: 'POST', path: '/api/v1/bots/', status: 201 });
  t.false(JSON.stringify(lines).includes('canary'));
});

test('The root says what this is, health what is up, metrics what was asked', async (t) => {
  const { call, bots } = await startApi(t, {}, await database(t));
  t.deepEqual((await call('GET', '/')).body, {
    ...{ name: 'Scalper Bot API', version: '1.0.0' },
    ...{ description: 'API for cryptocurrency scalping bot management', docs: '/docs' },
  });
  t.deepEqual((await call('GET', '/health')).body, { status: 'ok', database: 'up', temporal: 'up' });
  bots.outage = 'away';
  t.deepEqual((await call('GET', '/health')).body, { status: 'ok', database: 'up', temporal: 'down' });
  const { text } = await call('GET', '/metrics');
  t.regex(text, /http_request_duration_seconds_count\{method="GET",route="\/health",status="200"\} 2/);
});

test('A path that is served for other methods says so', async (t) => {
  const { call } = await startApi(t, {}, await database(t));
  const { status, body } = await call('PATCH', '/api/v1/bots/');
  t.is(status, 405);
  t.deepEqual(body, { detail: 'Method Not Allowed' });
  t.deepEqual((await call('GET', '/nowhere')).body, { detail: 'Not Found' });
});

test('P10: a route without a policy fails at boot', async (t) => {
  const { knex, bots, ownerId } = await startApi(t, {}, await database(t));
  const dependencies = {
    ...{ knex, bots, deposits: madeUpDeposits(knex), fund: NO_FUND, defaultOwnerId: ownerId },
    settings: TEST_SETTINGS,
    accounts: STRICT_EXCHANGE,
    withdrawals: NO_WITHDRAWALS,
    ...{ identity: testIdentity(), log: pino({ enabled: false }), metrics: new Registry() },
  };
  const contract = scalper(TEST_SETTINGS);
  t.notThrows(() => createRouter(contract, dependencies));
  const { policy: _, ...open } = contract.routes[0]!;
  const routes = [...contract.routes, open as (typeof contract.routes)[0]];
  t.throws(() => createRouter({ ...contract, routes }, dependencies), { message: /has no policy/ });
  const sensitive = [{ ...contract.routes[0]!, policy: 'public', stepUp: true } as const];
  t.throws(() => createRouter({ ...contract, routes: sensitive }, dependencies), { message: /for a code/ });
});

test('An answer that breaks its schema is a fault in tests', async (t) => {
  const { call, knex } = await startApi(t, {}, await database(t));
  const { id } = (await post(call)).body;
  await knex('bots').where({ id }).update({ status: 'NONSENSE' });
  t.is((await call('GET', `/api/v1/bots/${id}`)).status, 500);
});
