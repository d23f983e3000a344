import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { shared } from '../../runtime/testing/shared.ts';
import { until } from '../../runtime/testing/stack.ts';
import { PASSWORD, signedIn } from '../testing/identity.ts';
import { refusalOf, startLive, type LiveApi } from '../testing/live.ts';

/** Ada and Bob, each signed in, over one API. */
async function twoUsers(t: ExecutionContext, settings: Parameters<typeof startLive>[1] = {}) {
  const api = await startLive(t, settings);
  const [ada, bob] = [
    await signedIn(api.call, 'ada@example.com'),
    await signedIn(api.call, 'bob@example.com'),
  ];
  return { api, ada, bob };
}

/** An event of a user, as activities write it. */
async function tell(
  { knex }: Pick<LiveApi, 'knex'>,
  user_id: string | null,
  type: string,
  payload: object = {},
) {
  const bot_id = '11111111-1111-4111-8111-111111111111';
  await knex('events').insert({ user_id, bot_id, type, payload: JSON.stringify(payload) });
  return bot_id;
}

test("trading-api 73: a client is told of its own bots' states, orders and positions, and of nobody else's", async (t) => {
  const { api, ada, bob } = await twoUsers(t);
  const mine = await api.open(`/ws?ticket=${await api.ticket(ada.headers)}`);
  const theirs = await api.open(`/ws?ticket=${await api.ticket(bob.headers)}`);
  t.is((await mine.next('hello')).cursor, 0);
  await theirs.next('hello');

  const bot = await tell(api, ada.id, 'bot.status', { status: 'ACTIVE', finishing: false });
  await tell(api, bob.id, 'bot.status', { status: 'STOPPED' });
  await tell(api, null, 'fund.frozen');
  await tell(api, ada.id, 'log', { message: 'not of this contract' });
  await tell(api, ada.id, 'bot.trade', { position: { quantity: '0.01' } });
  const status = await mine.next('bot.status');
  t.deepEqual(Object.keys(status), ['type', 'cursor', 'bot_id', 'data', 'timestamp']);
  t.like(status, { bot_id: bot, data: { status: 'ACTIVE', finishing: false } });
  t.like(await mine.next('bot.trade'), { data: { position: { quantity: '0.01' } } });
  t.is(mine.messages.length, 3);
  t.like(await theirs.next('bot.status'), { data: { status: 'STOPPED' } });
  t.is(theirs.messages.length, 2);
});

test('A ticket opens one WebSocket, of ten that show it at once', async (t) => {
  const { api, ada } = await twoUsers(t);
  const ticket = await api.ticket(ada.headers);
  const opened = await Promise.allSettled(Array.from({ length: 10 }, () => api.open(`/ws?ticket=${ticket}`)));
  t.is(opened.filter(({ status }) => status === 'fulfilled').length, 1);
  const refused = await refusalOf(api.open(`/ws?ticket=${ticket}`));
  t.is(refused.status, 401);
  t.is(
    refused.body['detail'],
    'This ticket is not good, or no longer. Ask for a new one: POST /auth/ws-ticket.',
  );
  t.is(refused.headers['x-content-type-options'], 'nosniff');
  t.truthy(refused.headers['x-request-id']);
  t.is((await refusalOf(api.open('/ws'))).status, 401);
  // An access token is not for this address.
  t.is((await refusalOf(api.open(`/ws?token=${ada.access_token}`))).status, 401);
  t.deepEqual(await api.knex('socket_tickets'), []);
});

test('Tickets and tokens in addresses are in no line of the log', async (t) => {
  const { api, ada } = await twoUsers(t);
  const ticket = await api.ticket(ada.headers);
  await api.open(`/ws?ticket=${ticket}`);
  await api.open(`/api/ws?token=${ada.access_token}`);
  await refusalOf(api.open('/api/ws?token=canary-of-a-token'));
  await refusalOf(api.open(`/ws?ticket=${ticket}&ticket=canary-of-a-ticket`));
  const written = JSON.stringify(api.lines);
  for (const secret of [ticket, ada.access_token, 'canary-of']) t.false(written.includes(secret));
  const sockets = api.lines.filter(({ path }) => path === '/ws' || path === '/api/ws');
  t.deepEqual(
    sockets.map(({ status }) => status),
    [101, 101, 401, 400],
  );
});

test('trading-api 73: who comes back with a cursor is told what came meanwhile, once and in order, by whichever process', async (t) => {
  const { api, ada } = await twoUsers(t);
  const other = await startLive(t, {}, { database: api.database });
  const writers = 4;
  const each = 100;
  const written = Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < each; n++) await tell(api, ada.id, 'bot.status', { writer, n });
    }),
  );
  const seen: { cursor: number; writer: number; n: number }[] = [];
  for (let turn = 0, cursor = 0; seen.length < writers * each; turn++) {
    const process = turn % 2 === 0 ? api : other;
    const socket = await process.open(`/ws?after=${cursor}&ticket=${await process.ticket(ada.headers)}`);
    // Cut at any moment: in the replay, between, and while live.
    await until('something to come', () => socket.of('bot.status').length > 0);
    socket.socket.terminate();
    const told = socket
      .of('bot.status')
      .map(({ cursor: at, data }) => ({ ...(data as { writer: number; n: number }), cursor: at! }));
    seen.push(...told);
    cursor = seen.at(-1)!.cursor;
  }
  await written;
  t.deepEqual(
    seen.map(({ cursor }) => cursor),
    Array.from({ length: writers * each }, (_, n) => n + 1),
  );
  for (let writer = 0; writer < writers; writer++)
    t.deepEqual(
      seen.filter((one) => one.writer === writer).map(({ n }) => n),
      Array.from({ length: each }, (_, n) => n),
    );
});

test('What happens while a client reads what it missed is told after that, none left out', async (t) => {
  const { api, ada } = await twoUsers(t, { live: { heartbeatSeconds: 30, queueSize: 5 } });
  const [missed, meanwhile] = [500, 50];
  await api.knex.raw(`INSERT INTO events (user_id, type) SELECT ?, 'bot.status' FROM generate_series(1, ?)`, [
    ada.id,
    missed,
  ]);
  const present = await api.open(`/ws?after=0&ticket=${await api.ticket(ada.headers)}`);
  await until('all of it', () => present.of('bot.status').length === missed);
  const ticket = await api.ticket(ada.headers);
  const [late] = await Promise.all([
    api.open(`/ws?after=0&ticket=${ticket}`),
    ...Array.from({ length: meanwhile }, () => tell(api, ada.id, 'bot.status')),
  ]);
  await tell(api, ada.id, 'bot.status');
  await until('the last', () => late.of('bot.status').at(-1)?.cursor === missed + meanwhile + 1);
  t.deepEqual(
    late.of('bot.status').map(({ cursor }) => cursor),
    Array.from({ length: missed + meanwhile + 1 }, (_, n) => n + 1),
  );
  t.deepEqual(late.of('notice'), []);
});

test('Who has been away for longer than events are kept, or missed too many, is told to read the state', async (t) => {
  const { api, ada } = await twoUsers(t);
  for (let n = 0; n < 3; n++) await tell(api, ada.id, 'bot.status', { n });
  const first = await api.open(`/ws?after=0&ticket=${await api.ticket(ada.headers)}`);
  await until('all three', () => first.of('bot.status').length === 3);
  await api.knex('events').where('position', '<', 3).delete();
  for (const after of [0, 1, 1_000_000]) {
    const late = await api.open(`/ws?after=${after}&ticket=${await api.ticket(ada.headers)}`);
    t.is((await late.next('hello')).cursor, 3);
    t.regex(String((await late.next('reset')).data['message']), /over HTTP/);
    t.is(late.messages.length, 2);
  }
  const intime = await api.open(`/ws?after=2&ticket=${await api.ticket(ada.headers)}`);
  t.is((await intime.next('hello')).cursor, 2);
  t.like((await intime.next('bot.status')).data, { n: 2 });

  const many = (type: string, from: number) =>
    api.knex.raw(
      `WITH told AS (
         INSERT INTO events (user_id, type, position) SELECT ?, ?, n FROM generate_series(?::int, ?::int) AS n RETURNING position)
       UPDATE event_stream SET last_position = (SELECT max(position) FROM told)`,
      [ada.id, type, from, from + 10_100],
    );
  await many('log', 4);
  const quiet = await api.open(`/ws?after=3&ticket=${await api.ticket(ada.headers)}`);
  t.is((await quiet.next('hello')).cursor, 3, 'what is not told here is not behind');
  await many('bot.status', 20_000);
  const far = await api.open(`/ws?after=3&ticket=${await api.ticket(ada.headers)}`);
  await far.next('reset');
  for (const after of ['x', '-1', '1.5', '1e3', ''])
    t.is((await refusalOf(api.open(`/ws?after=${after}&ticket=x`))).status, 400, after);
});

type Member = Awaited<ReturnType<typeof signedIn>>;

const ENDS: Record<string, (api: LiveApi, user: Member) => Promise<unknown>> = {
  'after signing out': ({ call }, { headers }) => call('POST', '/auth/logout', undefined, headers),
  'after a change of the role': async ({ knex }, { id }) =>
    knex('users').where({ id }).update({ role: 'ops' }),
  'after being disabled': async ({ knex }, { id }) =>
    knex('users').where({ id }).update({ disabled_at: new Date() }),
  'after a change of the password': ({ call }, { headers }) => {
    const change = { current_password: PASSWORD, new_password: 'battery-Staple-8' };
    return call('POST', '/auth/change-password', change, headers);
  },
};

const apiOfAll = shared((t) => startLive(t));

for (const [when, end] of Object.entries(ENDS))
  test(`P8: an open WebSocket is closed ${when}, those of others stay`, async (t) => {
    const api = await apiOfAll(t);
    const [ada, bob] = [
      await signedIn(api.call, `${randomUUID()}@example.com`),
      await signedIn(api.call, `${randomUUID()}@example.com`),
    ];
    const mine = [
      await api.open(`/ws?ticket=${await api.ticket(ada.headers)}`),
      await api.open(`/api/ws?token=${ada.access_token}`),
    ];
    const theirs = await api.open(`/ws?ticket=${await api.ticket(bob.headers)}`);
    await end(api, ada);
    for (const { closed } of mine) {
      const { code, reason } = await closed;
      t.is(code, 4401);
      t.regex(reason, /Sign in again/);
    }
    t.is(theirs.socket.readyState, theirs.socket.OPEN);
  });
