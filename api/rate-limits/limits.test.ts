import type { ExecutionContext } from 'ava';
import test from 'ava';
import { openCounters } from '../../db/connect.ts';
import { bearer, PASSWORD, signedIn, testIdentity } from '../testing/identity.ts';
import { patientDatabase, startApi, type Call } from '../testing/start-api.ts';
import { createLimits } from './limits.ts';
import { sharedStore } from './stores.ts';

const callerLimits = { user: 8, address: 5, signIn: 100, orders: 30 };
const NOT_LIMITED = { user: 1_000, address: 1_000, signIn: 1_000, orders: 1_000 };

/** How many of so many requests, one after the other, are not refused as too many. */
async function admitted(requests: number, send: () => Promise<{ status: number }>): Promise<number> {
  let count = 0;
  for (let sent = 0; sent < requests; sent++) if ((await send()).status !== 429) count++;
  return count;
}

const sessions = (call: Call, headers?: Record<string, string>) => () =>
  call('GET', '/auth/sessions', undefined, headers);

test('trading-api 63: users behind one address have budgets of their own, and who has none shares the address', async (t) => {
  const identity = testIdentity();
  const own = await startApi(t, {}, { identity });
  const { headers: ada } = await signedIn(own.call, 'ada@example.com');
  const { headers: bob } = await signedIn(own.call, 'bob@example.com');
  const { call } = await startApi(t, { callerLimits }, { identity, knex: own.knex });

  t.is(await admitted(10, sessions(call, ada)), 8);
  const { status, headers, body } = await sessions(call, ada)();
  t.is(status, 429);
  t.deepEqual(body, { detail: 'Rate limit exceeded' });
  const wait = Number(headers.get('Retry-After'));
  t.true(wait >= 1 && wait <= 60);
  t.is(headers.get('RateLimit-Policy'), '"user";q=8;w=60');
  t.is(headers.get('RateLimit'), `"user";r=0;t=${wait}`);

  t.is((await sessions(call, bob)()).headers.get('RateLimit')?.split(';t=')[0], '"user";r=7');
  t.is(await admitted(9, sessions(call, bob)), 7);
  t.is(await admitted(7, sessions(call)), 5);
  t.is((await call('GET', '/auth/nowhere')).status, 429);
  t.is((await call('GET', '/auth/login')).status, 429);
  for (const path of ['/health', '/health/live', '/health/ready', '/openapi/trading.json'])
    t.is((await call('GET', path)).status, 200, path);
});

test('trading-api 63: a token that is not good uses up the calls of the address, not those of the user it names', async (t) => {
  const identity = testIdentity();
  const own = await startApi(t, {}, { identity });
  const [kept, left, made] = [
    await signedIn(own.call, 'ada@example.com'),
    await signedIn(own.call, 'bob@example.com'),
    testIdentity({ secret: 'another-secret-0123456789abcdefgh' }),
  ];
  const left2 = await own.call<{ access_token: string }>('POST', '/auth/login', {
    email: left.email,
    password: PASSWORD,
  });
  await own.call('POST', '/auth/logout', undefined, left.headers);
  const subject = {
    userId: kept.id,
    email: kept.email,
    role: 'user' as const,
    sessionId: kept.id,
    version: 0,
  };
  const { token } = await made.tokens.sign('access', subject);
  const { call } = await startApi(t, { callerLimits }, { identity, knex: own.knex });

  t.is(await admitted(3, sessions(call, bearer(token))), 3);
  t.is(await admitted(4, sessions(call, left.headers)), 2);
  t.is((await sessions(call, kept.headers)()).headers.get('RateLimit')?.split(';t=')[0], '"user";r=7');
  const again = await sessions(call, bearer(left2.body.access_token))();
  t.is(again.headers.get('RateLimit')?.split(';t=')[0], '"user";r=7');
});

test('trading-api 63: an address signs in and up so many times a minute', async (t) => {
  const { call } = await startApi(t, { callerLimits: { ...NOT_LIMITED, signIn: 10 } });
  const signIn = () => call('POST', '/auth/login', { email: 'nobody@example.com', password: PASSWORD });
  const signUp = () => call('POST', '/auth/register', { email: 'x', password: 'x' });
  t.is(await admitted(4, signIn), 4);
  const { headers } = await signUp();
  t.is(headers.get('RateLimit-Policy'), '"sign-in";q=10;w=60, "address";q=1000;w=60');
  t.is(await admitted(9, signUp), 5);
  t.is((await signIn()).status, 429);
  t.is((await call('POST', '/auth/refresh', { refresh_token: 'x' })).status, 401);
});

/** An API over that database that counts in it, as each of several processes does. */
async function startCounting(t: ExecutionContext, url: string, settings: object, overrides: object = {}) {
  const pool = openCounters(url, { timeoutMs: 60_000 });
  t.teardown(() => pool.end());
  const limits = createLimits(
    { rateLimit: null, callerLimits: NOT_LIMITED, ...settings },
    sharedStore({ pool }),
  );
  return startApi(t, settings, { limits, ...overrides });
}

test('Several processes share one budget', async (t) => {
  const { knex, url } = await patientDatabase(t);
  const settings = {
    callerLimits: { ...NOT_LIMITED, signIn: 10 },
    rateLimit: { perMinute: 60, perHour: 1_000 },
  };
  const processes = [
    await startCounting(t, url, settings, { knex }),
    await startCounting(t, url, settings, { knex }),
  ];
  const statuses = await Promise.all(
    Array.from({ length: 24 }, (_, turn) =>
      processes[turn % 2]!.call('POST', '/auth/register', { email: 'x', password: 'x' }),
    ),
  );
  t.is(statuses.filter(({ status }) => status === 429).length, 14);
  t.is(statuses.filter(({ status }) => status === 503).length, 0);

  let served = 0;
  for (let turn = 0; turn < 80; turn++)
    if ((await processes[turn % 2]!.call('GET', '/api/v1/nowhere')).status === 404) served++;
  // What one has taken ahead the other misses: a twentieth at most.
  t.true(served <= 60 && served >= 57, String(served));
});

test('While nobody can count, signing in is a 503 and everything else goes on, counted by each process alone', async (t) => {
  const { knex } = await patientDatabase(t);
  const nowhere = 'postgresql://nobody:nothing@127.0.0.1:1/none';
  const settings = {
    callerLimits: { ...NOT_LIMITED, address: 5 },
    rateLimit: { perMinute: 20, perHour: 20 },
  };
  const { call } = await startCounting(t, nowhere, settings, { knex });
  const { status, headers } = await call('POST', '/auth/login', {
    email: 'ada@example.com',
    password: PASSWORD,
  });
  t.is(status, 503);
  t.truthy(headers.get('Retry-After'));
  t.is((await call('POST', '/auth/register', { email: 'ada@example.com', password: PASSWORD })).status, 503);
  t.is((await call('GET', '/api/v1/bots/')).status, 200);
  t.is(await admitted(7, sessions(call)), 5);
});
