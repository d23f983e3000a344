import test from 'ava';
import { until } from '../../runtime/testing/stack.ts';
import { botWithAccount } from '../../runtime/testing/rows.ts';
import { signedIn, testClock, testIdentity } from '../testing/identity.ts';
import { refusalOf, startLive, type LiveApi } from '../testing/live.ts';

/** A bot of that user, and what it tells. */
async function botOf({ knex }: LiveApi, user_id: string) {
  const { bot } = await botWithAccount(knex, { user_id });
  const tell = (payload: object, type = 'bot.status') =>
    knex('events').insert({ bot_id: bot.id, user_id, type, payload: JSON.stringify(payload) });
  return { id: bot.id, tell };
}

const RUNNING = { status: 'ACTIVE', finishing: false, error: null };

test("bots-api 35 and 37: every dashboard of a user receives every event of the user's bots, and no other's", async (t) => {
  const api = await startLive(t);
  const other = await startLive(t, {}, { database: api.database });
  const [ada, bob] = [
    await signedIn(api.call, 'ada@example.com'),
    await signedIn(api.call, 'bob@example.com'),
  ];
  const [mine, theirs] = [await botOf(api, ada.id), await botOf(api, bob.id)];
  const dashboards = [
    await api.open(`/api/ws?token=${ada.access_token}`),
    await other.open(`/api/ws?token=${ada.access_token}`),
    await other.open('/api/ws'),
  ];
  // Said in one breath, before the first is answered.
  dashboards[2]!.send({ action: 'auth', token: ada.access_token });
  dashboards[2]!.send({ action: 'subscribe', bot_ids: [mine.id] });
  const foreign = await api.open(`/api/ws?token=${bob.access_token}`);
  for (const dashboard of [...dashboards, foreign]) await dashboard.next('hello');
  await dashboards[2]!.next('subscribed');
  for (let n = 0; n < 20; n++) await mine.tell(RUNNING);
  await theirs.tell({ status: 'PAUSED' });
  t.like(await foreign.next('bot.status'), { bot_id: theirs.id, data: { status: 'paused' } });
  for (const dashboard of dashboards) {
    await until('every event', () => dashboard.of('bot.status').length >= 20);
    t.true(dashboard.of('bot.status').every(({ bot_id }) => bot_id === mine.id));
    t.is(new Set(dashboard.of('bot.status').map(({ cursor }) => cursor)).size, 20);
  }
  // Another's bots are not told of because they are asked for.
  foreign.send({ action: 'subscribe', bot_ids: [mine.id] });
  await foreign.next('subscribed');
  await mine.tell(RUNNING);
  await theirs.tell(RUNNING);
  await until('it to arrive', () =>
    dashboards.every((dashboard) => dashboard.of('bot.status').length === 21),
  );
  t.deepEqual(foreign.of('bot.status').length, 1);
});

test('bots-api 35: without a good token no WebSocket is opened, or it is closed at once, and says what to do', async (t) => {
  const api = await startLive(t, {}, { identity: testIdentity() });
  const ada = await signedIn(api.call, 'ada@example.com');
  for (const token of ['x', ada.refresh_token]) {
    const { status, body } = await refusalOf(api.open(`/api/ws?token=${token}`));
    t.is(status, 401);
    t.regex(String(body['detail']), /Sign in/);
    const guest = await api.open('/api/ws');
    guest.send({ action: 'auth', token });
    t.is((await guest.closed).code, 4401);
    t.deepEqual(guest.messages, []);
  }
  for (const said of ['no JSON', { action: 'subscribe', bot_ids: [] }]) {
    const guest = await api.open('/api/ws');
    guest.send(said);
    t.is((await guest.closed).code, 4400);
  }
});

test('P8: a WebSocket is closed when the access token that opened it runs out; one of a ticket goes on with its session', async (t) => {
  const clock = testClock();
  const api = await startLive(t, {}, { identity: testIdentity({ now: clock.now }) });
  const ada = await signedIn(api.call, 'ada@example.com');
  const byToken = await api.open(`/api/ws?token=${ada.access_token}`);
  const byTicket = await api.open(`/api/ws?ticket=${await api.ticket(ada.headers)}`);
  clock.pass(3_600_000);
  const { code, reason } = await byToken.closed;
  t.is(code, 4401);
  t.regex(reason, /Connect with a new one/);
  t.is(byTicket.socket.readyState, byTicket.socket.OPEN);
  clock.pass(7 * 24 * 3_600_000);
  t.is((await byTicket.closed).code, 4401);
});

test('bots-api 36: a client that reads nothing holds up neither the others nor what is written, and is closed', async (t) => {
  const api = await startLive(t, {}, { timing: { slowMs: 1_000 } });
  const ada = await signedIn(api.call, 'ada@example.com');
  const bot = await botOf(api, ada.id);
  const [slow, quick] = [
    await api.open(`/api/ws?token=${ada.access_token}`),
    await api.open(`/api/ws?token=${ada.access_token}`),
  ];
  await slow.next('hello');
  await quick.next('hello');
  slow.socket.pause();
  const large = { status: 'ERROR', error: 'x'.repeat(200_000) };
  const told = 150;
  for (let n = 0; n < told; n++) await bot.tell(large);
  await until('the other to have had all', () => quick.of('bot.error').length === told);
  t.true(slow.of('bot.error').length < told);
  slow.socket.resume();
  // Told why, or cut where it has not read so far in time.
  const { code } = await slow.closed;
  t.true(code === 1013 || code === 1006, String(code));
});

test('Who answers pings without having read them is cut, who reads them stays', async (t) => {
  const api = await startLive(t, { live: { heartbeatSeconds: 1, queueSize: 100 } });
  const [blind, reading] = [await api.open('/api/v1/ws', { autoPong: false }), await api.open('/api/v1/ws')];
  let pings = 0;
  blind.socket.on('ping', () => blind.socket.pong('x'));
  reading.socket.on('ping', () => pings++);
  await until('many pings', () => pings === 4);
  t.is(reading.socket.readyState, reading.socket.OPEN);
  t.is(blind.socket.readyState, blind.socket.CLOSED);
});

test('bots-api 33: who comes is told of no bot that is gone', async (t) => {
  const api = await startLive(t);
  const { knex } = api;
  const ada = await signedIn(api.call, 'ada@example.com');
  const [gone, stays] = [await botOf(api, ada.id), await botOf(api, ada.id)];
  for (const { id } of [gone, stays])
    await knex('bot_session_states').insert({ bot_id: id, last_price: '5' });
  const open = () => api.open(`/api/ws?token=${ada.access_token}`);
  const first = await open();
  await until('both', () => new Set(first.of('bot.session').map(({ bot_id }) => bot_id)).size === 2);
  await knex('bots').where({ id: gone.id }).delete();
  const second = await open();
  await second.next('market.price');
  t.deepEqual(new Set(second.of('bot.session').map(({ bot_id }) => bot_id)), new Set([stays.id]));
});

test('bots-api 33: a session is told as it stands to who comes, then as it changes, the newest alone', async (t) => {
  const api = await startLive(t);
  const ada = await signedIn(api.call, 'ada@example.com');
  const { id } = await botOf(api, ada.id);
  const { knex } = api;
  await knex('bot_session_states').insert({ bot_id: id, last_price: '45500.5' });
  await knex('positions').insert({ bot_id: id, quantity: '0.02', cost: '900', realised: '12.5' });
  const first = await api.open(`/api/ws?token=${ada.access_token}`);
  const { data, ...message } = await first.next('bot.session');
  t.deepEqual(Object.keys(message), ['type', 'bot_id', 'timestamp']);
  t.like(data, { status: 'stopped', running: false, last_price: 45_500.5, position_size: 0.02 });
  t.like(data, { entry_price: 45_000, unrealized_pnl: 10.01, realized_pnl: 12.5, last_error: null });
  t.like((await first.next('market.price')).data, { symbol: 'BTCUSDT', price: 45_500.5 });
  const second = await api.open(`/api/ws?token=${ada.access_token}`);
  await second.next('bot.session');
  await knex('bot_session_states')
    .where({ bot_id: id })
    .update({ last_price: '46000', updated_at: new Date() });
  for (const dashboard of [first, second]) {
    for (let price; price !== 46_000; price = (await dashboard.next('market.price')).data['price']);
    t.is((await dashboard.next('bot.session')).data['unrealized_pnl'], 20);
  }
  t.is(first.of('bot.session').length, 2);
});
