import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { until } from '../../runtime/testing/stack.ts';
import { signedIn } from '../testing/identity.ts';
import { refusalOf, startLive } from '../testing/live.ts';
import { createLimits } from '../rate-limits/limits.ts';

test('A page of another origin opens no WebSocket, whatever it shows; our own and programs do', async (t) => {
  const api = await startLive(t, {
    corsOrigins: ['https://app.example'],
    tradingCorsOrigins: ['https://trade.example'],
  });
  const ada = await signedIn(api.call, 'ada@example.com');
  const ticket = await api.ticket(ada.headers);
  const own = new URL(api.url).origin;
  const doors = {
    '/api/v1/ws': 'https://app.example',
    [`/api/ws?token=${ada.access_token}`]: 'https://trade.example',
  };
  for (const [path, named] of Object.entries(doors)) {
    for (const origin of [own, named]) t.truthy(await api.open(path, { origin }), origin);
    for (const origin of ['https://evil.example', 'null', own.replace('http', 'https').replace(/\d$/, '')]) {
      const { status, body } = await refusalOf(api.open(path, { origin }));
      t.is(status, 403, `${path} from ${origin}`);
      t.regex(String(body['detail']), /CORS_ORIGINS/);
    }
  }
  // A refused page has not used it up.
  t.is((await refusalOf(api.open(`/ws?ticket=${ticket}`, { origin: 'https://app.example' }))).status, 403);
  t.truthy(await api.open(`/ws?ticket=${ticket}`));
});

test('What is no WebSocket, or for a host that is not ours, is refused in the words of the contract', async (t) => {
  const api = await startLive(t, { allowedHosts: ['127.0.0.1'] });
  for (const path of ['/ws', '/api/ws', '/api/v1/ws']) {
    const { status, headers, body } = await api.call('GET', path);
    t.is(status, 426, path);
    t.is(headers.get('Upgrade'), 'websocket');
    t.regex(String(body['detail']), /wss:/);
    t.is((await refusalOf(api.open(path, { headers: { Host: 'rebound.example' } }))).status, 400);
  }
  t.is((await refusalOf(api.open('/api/v1/nowhere'))).status, 404);
  t.is((await refusalOf(api.open('/api/v1/bots/', { protocolVersion: 8 }))).status, 200);
  t.is((await refusalOf(api.open('/api/v1/ws', { protocolVersion: 8 }))).status, 426);
});

test('Who offers another protocol is answered as if they had not', async (t) => {
  const api = await startLive(t);
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  const body = JSON.stringify({ level: 'INFO', message: 'offered' });
  socket.write(
    `POST /api/v1/logs/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  await once(socket, 'ready');
  socket.write(body.slice(5));
  await until('the answer', () => text.includes('offered'));
  t.regex(text, /^HTTP\/1\.1 201 Created\r\n[^]*"message":"offered"/);
});

test('A frame of more than 16 KiB, and too many messages, close a WebSocket; what is not understood is answered', async (t) => {
  const api = await startLive(t);
  const large = await api.open('/api/v1/ws');
  large.send('x'.repeat(16_385));
  t.is((await large.closed).code, 1009);
  const talkative = await api.open('/api/v1/ws');
  for (const said of ['{', '[]', { action: 'dance' }, { action: 'subscribe', bot_ids: ['x'] }]) {
    talkative.send(said);
    t.is((await talkative.next('error')).data['code'], 'bad_request');
  }
  for (let n = 0; n < 30; n++) talkative.send({ action: 'subscribe', bot_ids: [] });
  t.is((await talkative.closed).code, 1008);
  const pinging = await api.open('/api/v1/ws');
  for (let n = 0; n <= 30; n++) pinging.socket.ping();
  t.is((await pinging.closed).code, 1008);
});

test('Who does not answer when a WebSocket is closed is cut soon', async (t) => {
  const { url } = await startLive(t);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write(
    `GET /api/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${'x'.repeat(22)}==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.resume();
  socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
  // Less than the time that the library gives.
  await until('it to be cut', () => socket.closed, { patienceMs: 20_000 });
  t.pass();
});

test('A user, and an address that nobody has signed in from, may have so many open, and ask so often', async (t) => {
  const callerLimits = { user: 1_000, address: 30, signIn: 1_000, orders: 1_000 };
  const limits = createLimits({ rateLimit: null, callerLimits });
  const api = await startLive(t, { authRequired: true }, { overrides: { limits } });
  const ada = await signedIn(api.call, 'ada@example.com');
  const path = `/api/ws?token=${ada.access_token}`;
  const [first] = await Promise.all(Array.from({ length: 20 }, () => api.open(path)));
  const refused = await refusalOf(api.open(path));
  t.is(refused.status, 429);
  t.regex(String(refused.body['detail']), /Close one/);
  const guest = await api.open('/api/ws');
  guest.send({ action: 'auth', token: ada.access_token });
  t.is((await guest.closed).code, 4429);
  first!.socket.close();
  await first!.closed;
  t.truthy(await api.open(path));

  const guests = await Promise.all(Array.from({ length: 20 }, () => api.open('/api/ws')));
  t.is((await refusalOf(api.open('/api/ws'))).status, 429);
  guests[0]!.socket.close();
  await guests[0]!.closed;
  t.truthy(await api.open('/api/v1/ws'));
  let attempts = 0;
  for (let status = 401; status === 401; attempts++)
    ({ status } = await refusalOf(api.open('/api/ws?token=x')));
  t.true(attempts <= 10);
  t.like(await refusalOf(api.open('/ws')), { status: 429 });
});

test('A process that stops sends its clients away with a reason, and takes no more', async (t) => {
  const api = await startLive(t);
  const [quick, silent] = [await api.open('/api/v1/ws'), await api.open('/api/v1/ws')];
  const guest = await api.open('/api/ws');
  silent.socket.pause();
  const stopped = api.stop();
  const { code, reason } = await quick.closed;
  t.is(code, 1001);
  t.regex(reason, /with your cursor/);
  t.is((await guest.closed).code, 1001);
  const { status, headers } = await refusalOf(api.open('/api/v1/ws'));
  t.is(status, 503);
  t.truthy(headers['retry-after']);
  await stopped;
});

test('A process that stops says goodbye though the database does not answer', async (t) => {
  const api = await startLive(t);
  const { knex } = api;
  const guest = await api.open('/api/ws');
  const blocking = await knex.transaction();
  t.teardown(() => blocking.isCompleted() || blocking.rollback());
  await blocking.raw('LOCK TABLE events');
  await knex.raw('NOTIFY stream');
  const waiting = `SELECT 1 FROM pg_locks WHERE relation = 'events'::regclass AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  await until('the stream to be read', async () => {
    const { rows } = await knex.raw<{ rows: object[] }>(waiting);
    return rows.length > 0;
  });
  const stopped = api.stop();
  await until('it to be closed', () => guest.socket.readyState === guest.socket.CLOSED, {
    patienceMs: 15_000,
  });
  t.is((await guest.closed).code, 1001);
  await blocking.rollback();
  await stopped;
});

test('While the database is away nobody is let in, and nobody who is in is closed', async (t) => {
  const api = await startLive(t, { authRequired: true }, { timing: { sessionsMs: 20 } });
  const ada = await signedIn(api.call, 'ada@example.com');
  const socket = await api.open(`/api/ws?token=${ada.access_token}`);
  const ticket = await api.ticket(ada.headers);
  await socket.next('hello');
  const { knex } = api;
  await knex.schema.renameTable('sessions', 'elsewhere');
  let asked = 0;
  knex.on('query-error', () => asked++);
  const refusal = await refusalOf(api.open(`/api/ws?token=${ada.access_token}`));
  t.true(refusal.status >= 500);
  while (asked < 5) await refusalOf(api.open(`/api/ws?token=${ada.access_token}`));
  await knex.schema.renameTable('elsewhere', 'sessions');
  t.is(socket.socket.readyState, socket.socket.OPEN);
  t.truthy(await api.open(`/ws?ticket=${ticket}`));
});
