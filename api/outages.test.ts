import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import test from 'ava';
import { openDatabase } from '../db/connect.ts';
import { freshDatabase, TEST_AUDIT_KEY, type Scope } from '../runtime/testing/database.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { createBotClient } from '../workflows/client.ts';
import { explain, isDatabaseOutage } from './outages.ts';
import { post } from './testing/example.ts';
import { PASSWORD, signedIn } from './testing/identity.ts';
import { startApi } from './testing/start-api.ts';

const DEADLINE_MS = 2_900;

/** A way to the database that can be cut, or go silent without a word. */
async function startLink(t: Scope, target: URL) {
  const sockets = new Set<Socket>();
  const lost = new Set<Socket>();
  let state: 'open' | 'cut' | 'silent' = 'open';
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => void (state === 'open' && !lost.has(from) && to.write(data)));
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  const end = () => sockets.forEach((socket) => socket.destroy());
  t.teardown(() => (end(), server.close()));
  return {
    url: url.href,
    /** All connections there are go silent for good; new ones are well. */
    lose: () => sockets.forEach((socket) => lost.add(socket)),
    set(next: typeof state) {
      // What was sent into the silence is lost, so the connections are, too.
      if (next === 'cut' || state === 'silent') end();
      state = next;
    },
  };
}

for (const outage of ['cut', 'silent'] as const) {
  test(`P7: while the database is ${outage} the answer is 503 with Retry-After, and then all is well again`, async (t) => {
    const { url } = await freshDatabase(t);
    const link = await startLink(t, new URL(url));
    const knex = openDatabase({ url: link.url, auditKey: TEST_AUDIT_KEY });
    t.teardown(() => {
      link.set('cut');
      return knex.destroy();
    });
    const { call } = await startApi(t, {}, { knex, deadlineMs: DEADLINE_MS });
    t.is((await call('GET', '/api/v1/bots/')).status, 200);
    // However long the machine takes for it.
    const { call: patient } = await startApi(t, {}, { knex });
    const { email, headers: signed } = await signedIn(patient, 'ada@example.com');

    link.set(outage);
    for (const path of ['/api/v1/bots/', '/api/v1/logs/count', '/health']) {
      const { status, headers } = await call('GET', path);
      t.is(status, 503, path);
      t.truthy(headers.get('Retry-After'), path);
    }
    t.is((await call('POST', '/api/v1/logs/', { level: 'INFO', message: 'x' })).status, 503);
    t.is((await call('POST', '/auth/login', { email, password: PASSWORD })).status, 503);
    t.is((await call('GET', '/auth/sessions', undefined, signed)).status, 503);
    t.is((await call('GET', '/')).status, 200);

    link.set('open');
    let status = 0;
    while (status !== 200) {
      ({ status } = await call('GET', '/api/v1/bots/'));
      if (status !== 200) await sleep(50);
    }
    t.is((await call('GET', '/health')).status, 200);
    t.is((await call('GET', '/auth/sessions', undefined, signed)).status, 200);
  });
}

test('P7: connections to the database that were lost without a word are given up', async (t) => {
  const { url } = await freshDatabase(t);
  const link = await startLink(t, new URL(url));
  const knex = openDatabase({ url: link.url, poolSize: 2, queryTimeoutMs: 2_000 });
  t.teardown(() => {
    link.set('cut');
    return knex.destroy();
  });
  const { call } = await startApi(t, {}, { knex, deadlineMs: DEADLINE_MS });
  const read = async () => (await call('GET', '/api/v1/bots/')).status;
  t.deepEqual(await Promise.all([read(), read()]), [200, 200]);
  link.lose();
  t.is(await read(), 503);
  const statuses: number[] = [];
  while (statuses.at(-1) !== 200) statuses.push(await read());
  t.is(statuses.at(-1), 200);
});

for (const outage of ['cut', 'silent'] as const) {
  test(`P7: while the Temporal server is ${outage} commands are a 503 with Retry-After, and then the bots obey again`, async (t) => {
    const stack = await startStack(t);
    const bot = await stack.addBot();
    const link = await startLink(t, new URL(`tcp://${stack.temporal.address}`));
    const connection = Connection.lazy({
      address: new URL(link.url).host,
      channelArgs: { 'grpc.max_reconnect_backoff_ms': 500 },
    });
    t.teardown(() => connection.close());
    const client = new Client({ connection, namespace: stack.temporal.namespace });
    const { call } = await startApi(
      t,
      {},
      {
        ...{ knex: stack.knex, bots: createBotClient(client), deadlineMs: DEADLINE_MS },
      },
    );
    const path = `/api/v1/bots/${bot.botId}`;
    const untilStatus = (expected: number, ask: string) =>
      stack.until(`${ask} to be a ${expected}`, async () => {
        const { status, headers } = await call('POST', path + ask);
        if (status === 503) t.truthy(headers.get('Retry-After'));
        return status === expected;
      });
    await untilStatus(200, '/start');

    link.set(outage);
    for (const ask of [`/api/v1/bots/stop-all`, `${path}/stop`, `${path}/toggle`]) {
      const { status, headers } = await call('POST', ask);
      t.is(status, 503, ask);
      t.truthy(headers.get('Retry-After'), ask);
    }
    const health = await call('GET', '/health');
    t.is(health.status, 200);
    t.like(health.body, { database: 'up', temporal: 'down' });
    t.is((await call('GET', '/health/ready')).status, 503);
    t.like((await call('GET', path)).body, { status: 'ACTIVE' });

    link.set('open');
    await untilStatus(200, '/stop');
    t.like((await call('GET', path)).body, { status: 'STOPPED' });
    t.is((await call('GET', '/health')).status, 200);
  });
}

test('P7: while Temporal is away every command is a 503 with Retry-After, reads go on, and then all is well again', async (t) => {
  const { call, bots } = await startApi(t);
  const { id } = (await post(call)).body;
  const asks = [
    ['POST', `/bots/${id}/stop`],
    ['POST', '/bots/stop-all'],
    ['PUT', `/bots/${id}`],
    ['DELETE', `/bots/${id}`],
  ] as const;
  bots.outage = 'away';
  for (const [method, path] of asks) {
    const { status, headers } = await call(
      method,
      `/api/v1${path}`,
      method === 'PUT' ? { quantity: 1 } : undefined,
    );
    t.is(status, 503);
    t.truthy(headers.get('Retry-After'));
  }
  t.like((await call('GET', `/api/v1/bots/${id}`)).body, { status: 'ACTIVE', quantity: 0.01 });
  bots.outage = 'none';
  t.is((await call('POST', '/api/v1/bots/stop-all')).body['count'], 1);
});

test('A fault is an outage by its code or its text, never by chance', (t) => {
  for (const code of ['ECONNREFUSED', '57P01', '53300', '08006', '57014', '40P01', '40001']) {
    t.true(isDatabaseOutage(Object.assign(new Error('x'), { code })), code);
  }
  t.true(isDatabaseOutage(new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })])));
  for (const code of ['23505', '22P05', 'ERR_ASSERTION', undefined]) {
    t.false(isDatabaseOutage(Object.assign(new Error('a bug'), { code })), code);
  }
  t.is(explain(new Error('a bug')).code, 'internal');
  t.is(explain('a text').code, 'internal');
});
