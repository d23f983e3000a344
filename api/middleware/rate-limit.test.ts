import test from 'ava';
import { shared } from '../../runtime/testing/shared.ts';
import { patientDatabase, startApi } from '../testing/start-api.ts';

/** For tests that are about no row. */
const database = shared(async (t) => ({ knex: (await patientDatabase(t)).knex }));
const rateLimit = { perMinute: 1, perHour: 100 };

test('No other way to write a path gets past the rate limit', async (t) => {
  const { call } = await startApi(t, { rateLimit }, await database(t));
  t.is((await call('GET', '/api/v1/bots/')).status, 200);
  t.is((await call('GET', '/api/v1/bots/')).status, 429);
  for (const path of ['/API/v1/bots/', '/Api/V1/Bots', '/%61pi/v1/bots/', '//api/v1/bots/'])
    t.is((await call('GET', path)).status, 404, path);
  t.is((await call('POST', '/API/v1/bots/stop-all')).status, 404);
});

test('The rate limit goes with the prefix, and the documentation says so', async (t) => {
  const { call } = await startApi(t, { rateLimit, prefix: '/v2' }, await database(t));
  t.is((await call('GET', '/v2/bots/')).status, 200);
  t.is((await call('GET', '/v2/logs/count')).status, 429);
  type Responses = Record<string, { get: { responses: Record<string, object> } }>;
  const { paths } = (await call<{ paths: Responses }>('GET', '/openapi.json')).body;
  t.true('429' in paths['/v2/bots/']!.get.responses);
  t.false('429' in paths['/health']!.get.responses);
});
