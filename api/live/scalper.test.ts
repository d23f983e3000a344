import test from 'ava';
import { EVERYBODY, insertBot, listBots } from '../../db/bots.ts';
import { ensureFundOwner } from '../../db/fund/owner.ts';
import { PING_PONG } from '../../runtime/testing/rows.ts';
import { until } from '../../runtime/testing/stack.ts';
import { presentBot } from '../contracts/scalper/present.ts';
import { bearer, signedIn } from '../testing/identity.ts';
import { refusalOf, startLive } from '../testing/live.ts';

const ROOM = { maxBots: 100 };

test("scalper-bot Q22: while sign-in is off everybody's bots and logs are pushed as the routes answer them, the fund's are not", async (t) => {
  const api = await startLive(t);
  const { knex, call, ownerId } = api;
  const socket = await api.open('/api/v1/ws');
  await socket.next('hello');
  const fund = await ensureFundOwner(knex);
  await insertBot(knex, { ...PING_PONG, user_id: fund }, ROOM);
  await insertBot(knex, { ...PING_PONG, user_id: ownerId }, ROOM);
  const { data: bot } = await socket.next('bot_update');
  const [row] = await listBots(knex, { userId: EVERYBODY, skip: 0, limit: 10 });
  t.deepEqual(bot, JSON.parse(JSON.stringify(presentBot(row!))) as typeof bot);
  const { body: logs } = await call<unknown[]>('GET', '/api/v1/logs/');
  t.deepEqual([(await socket.next('log')).data], logs as object[]);
  await call('POST', '/api/v1/logs/', { level: 'INFO', message: 'written by hand' });
  t.like((await socket.next('log')).data, { level: 'INFO', message: 'written by hand', bot_id: null });
  await knex('events').insert({ bot_id: row!.id, user_id: ownerId, type: 'bot.deleted' });
  t.deepEqual((await socket.next('bot_deleted')).data, { id: row!.id });

  // Told again to who comes back: the same, without the fund's.
  const again = await api.open('/api/v1/ws?after=0');
  await until('all of it', () => again.messages.length === socket.messages.length);
  t.deepEqual(again.messages.slice(1), socket.messages.slice(1));
});

test("scalper-bot Q22: with sign-in a ticket or a token is asked for, and one's own bots and logs are pushed", async (t) => {
  const api = await startLive(t, { authRequired: true });
  const [ada, bob] = [
    await signedIn(api.call, 'ada@example.com'),
    await signedIn(api.call, 'bob@example.com'),
  ];
  t.is((await refusalOf(api.open('/api/v1/ws?token=x'))).status, 401);
  t.is((await refusalOf(api.open('/api/v1/ws?ticket=x'))).status, 401);
  const mine = await api.open(`/api/v1/ws?ticket=${await api.ticket(ada.headers)}`);
  const theirs = await api.open('/api/v1/ws');
  theirs.send({ action: 'auth', token: bob.access_token });
  await mine.next('hello');
  await theirs.next('hello');
  const write = (token: string, message: string) =>
    api.call('POST', '/api/v1/logs/', { level: 'INFO', message }, bearer(token));
  await write(ada.access_token, "Ada's");
  await write(bob.access_token, "Bob's");
  t.like((await mine.next('log')).data, { message: "Ada's" });
  t.like((await theirs.next('log')).data, { message: "Bob's" });
  t.is(mine.messages.length + theirs.messages.length, 4);
});

test('scalper-bot Q22: a client that does not answer two pings is cut, one that does stays', async (t) => {
  const api = await startLive(t, { live: { heartbeatSeconds: 1, queueSize: 100 } });
  const there = await api.open('/api/v1/ws');
  const gone = await api.open('/api/v1/ws', { autoPong: false });
  let pings = 0;
  gone.socket.on('ping', () => pings++);
  let answered = 0;
  there.socket.on('ping', () => answered++);
  t.is((await gone.closed).code, 1006);
  t.is(pings, 2);
  await until('it to be asked more often', () => answered > 2);
  t.is(there.socket.readyState, there.socket.OPEN);
});

test('scalper-bot Q22: of what waits for a slow client the oldest goes, with a notice from where on to ask again', async (t) => {
  const queueSize = 10;
  const api = await startLive(t, { live: { heartbeatSeconds: 30, queueSize } });
  const { knex, ownerId, metrics } = api;
  const slow = await api.open('/api/v1/ws');
  await slow.next('hello');
  slow.socket.pause();
  const told = 100;
  const write = (n: number) => ({ user_id: ownerId, type: 'log', payload: JSON.stringify(line(n)) });
  const line = (n: number) => ({
    ...{ id: `${n}`, level: 'INFO', message: 'x'.repeat(200_000), timestamp: new Date() },
  });
  for (let n = 0; n < told; n++) await knex('events').insert(write(n));
  const dropped = async () =>
    /websocket_messages_dropped_total\{contract="scalper"\} (\d+)/.exec(await metrics.metrics())?.[1];
  await until('the last to wait', async () => {
    const sent = /websocket_messages_total\{contract="scalper"\} (\d+)/.exec(await metrics.metrics())?.[1];
    return Number(sent) + Number(await dropped()) + queueSize === told;
  });
  slow.socket.resume();
  const { data, cursor } = await slow.next('notice');
  t.is(data['dropped'], Number(await dropped()));
  await until('all that was left', () => slow.of('log').at(-1)?.cursor === told);
  t.is(slow.of('log').length + Number(data['dropped']), told);
  const at = slow.messages.findIndex(({ type }) => type === 'notice');
  t.is(slow.messages[at - 1]?.cursor, cursor);
  t.is(slow.messages[at + 1]?.cursor, told - queueSize + 1);
  t.regex(await metrics.metrics(), /websockets_open\{contract="scalper"\} 1/);

  const again = await api.open(`/api/v1/ws?after=${cursor}`);
  await until('what was dropped', () => again.of('log').at(-1)?.cursor === told);
  t.is(again.of('log').length, told - cursor!);
  t.deepEqual(again.of('notice'), []);
});
