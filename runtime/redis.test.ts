import test, { type ExecutionContext } from 'ava';
import type { Redis } from 'ioredis';
import { createLimits } from '../api/rate-limits/limits.ts';
import { sharedStore } from '../api/rate-limits/stores.ts';
import { bearer } from '../api/testing/identity.ts';
import { patientDatabase, startApi } from '../api/testing/start-api.ts';
import { openCounters } from '../db/connect.ts';
import { openRedis } from './redis.ts';
import { startRedis } from './testing/redis.ts';

const callerLimits = { user: 100, address: 5, signIn: 3, orders: 30 };

async function startCounting(t: ExecutionContext, redisSettings: { url: string; password?: string }) {
  const said: string[] = [];
  const hear = (first: unknown, second?: unknown) => void said.push(JSON.stringify([first, second]));
  const redis = openRedis({ password: undefined, ...redisSettings }, { info: hear, warn: hear })!;
  t.teardown(() => redis.disconnect());
  const { knex, url } = await patientDatabase(t);
  const pool = openCounters(url, { timeoutMs: 60_000 });
  t.teardown(() => pool.end());
  const limits = createLimits({ rateLimit: null, callerLimits }, sharedStore({ pool, redis }));
  const api = await startApi(t, { callerLimits }, { knex, limits, redis });
  const statusOf = async (path: string, body?: object) =>
    (await api.call(body ? 'POST' : 'GET', path, body, body ? {} : bearer('none'))).status;
  const rows = async () => (await knex('rate_limits').select('key')).map(({ key }) => key as string);
  return { ...api, redis, said, statusOf, rows };
}

/** Errors do not count: while the server is away there are some. */
function heard(redis: Redis, event: 'ready' | 'close'): Promise<void> {
  return new Promise((resolve) => void redis.once(event, () => resolve()));
}

test('trading-api 69: requests are counted in Redis; when it is gone, in the database; and in Redis again when it is back', async (t) => {
  const server = await startRedis(t);
  if (!server) {
    t.log('Not tried: there is no redis-server on the PATH (Debian has a package of that name).');
    return t.pass();
  }
  const { call, redis, rows, said, statusOf } = await startCounting(t, server);
  if (redis.status !== 'ready') await heard(redis, 'ready');
  const signIn = () => statusOf('/auth/register', { email: 'x', password: 'x' });

  for (const expected of [400, 400, 400, 429]) t.is(await signIn(), expected);
  t.deepEqual(await rows(), []);
  t.is((await redis.keys('perpetua:*')).length, 2);
  t.like((await call('GET', '/health/ready')).body, { status: 'ok', redis: 'up' });

  const closed = heard(redis, 'close');
  await server.kill();
  await closed;
  // The address has used up its window here; another's is counted in the database.
  t.is(await signIn(), 429);
  t.is(await statusOf('/auth/sessions'), 401);
  t.deepEqual(await rows(), ['address:127.0.0.1']);
  const { status, body } = await call('GET', '/health/ready');
  t.is(status, 200);
  t.like(body, { status: 'ok', redis: 'down' });

  const ready = heard(redis, 'ready');
  await server.start();
  await ready;
  t.like((await call('GET', '/health/ready')).body, { redis: 'up' });
  t.is(said.filter((line) => line.includes('Redis is away')).length, 1);
  t.false(said.join().includes(server.password));
});

test('trading-api 69: with Redis absent the API works, and signing in is counted in the database', async (t) => {
  const { call, rows, said, statusOf } = await startCounting(t, { url: 'redis://:canary@127.0.0.1:1/0' });
  for (const expected of [400, 400, 400, 429])
    t.is(await statusOf('/auth/register', { email: 'x', password: 'x' }), expected);
  t.true((await rows()).includes('sign-in:127.0.0.1'));
  t.is((await call('GET', '/api/v1/bots/')).status, 200);
  t.is(said.filter((line) => line.includes('Redis is away')).length, 1);
  t.false(said.join().includes('canary'));
});
