import test from 'ava';
import { startStack, until } from '../../runtime/testing/stack.ts';
import { testIdentity } from '../testing/identity.ts';
import { post } from '../testing/example.ts';
import { startLive } from '../testing/live.ts';
import { PLAIN } from '../testing/real-bots.ts';

const HOUR_MS = 3_600_000;

test('bots-api 32 to 34, trading-api 73: a dashboard is told what a real bot does, in the words of its contract', async (t) => {
  const { knex, databaseUrl: url, owner, bots, exchange, addBot } = await startStack(t);
  const identity = testIdentity();
  const { now } = identity;
  const api = await startLive(
    t,
    { authRequired: true },
    { database: { knex, url }, identity, overrides: { bots, defaultOwnerId: owner.id } },
  );
  const times = { created_at: now(), last_seen_at: now(), expires_at: new Date(now().getTime() + HOUR_MS) };
  const [session] = await knex('sessions')
    .insert({ user_id: owner.id, user_agent: '', address: '', ...times })
    .returning('id');
  const claims = { userId: owner.id, email: '', role: 'user', sessionId: session.id, version: 0 } as const;
  const { token } = await identity.tokens.sign('access', claims);
  const headers = { Authorization: `Bearer ${token}` };
  const call: typeof api.call = (method, path, body) => api.call(method, path, body, headers);
  const dashboard = await api.open(`/api/ws?token=${token}`);
  const app = await api.open(`/ws?ticket=${await api.ticket(headers)}`);
  const scalper = await api.open(`/api/v1/ws?ticket=${await api.ticket(headers)}`);

  const { id } = (await post(call, { ...PLAIN, buy_price: 45_000 })).body;
  t.like(await dashboard.next('bot.status'), { bot_id: id, data: { status: 'stopped' } });
  t.like(await dashboard.next('bot.status'), { bot_id: id, data: { status: 'running', running: true } });
  t.like(await dashboard.next('market.price'), { bot_id: id, data: { symbol: 'BTCUSDT', price: 45_500 } });
  await until('the order to rest', () => knex('orders').where({ bot_id: id, status: 'OPEN' }).first());
  exchange.control.movePrice('BTCUSDT', '44900');
  const { data: trade } = await dashboard.next('bot.trade');
  t.like(trade, { symbol: 'BTCUSDT', side: 'BUY', size: 0.01, price: 45_000 });
  t.like((await app.next('bot.trade')).data, { status: 'FILLED' });
  t.is(
    await knex('trades')
      .where({ bot_id: id })
      .then((rows: unknown[]) => rows.length),
    1,
  );
  const held = (row: { data: Record<string, unknown> }): boolean => Number(row.data['position_size']) > 0;
  while (!held(await dashboard.next('bot.session')));
  await call('POST', `/api/v1/bots/${id}/stop`);
  t.like(await dashboard.next('bot.status'), { bot_id: id, data: { status: 'stopped', running: false } });
  for (let last; last !== 'stopped'; last = (await dashboard.next('bot.session')).data['status']);
  t.like((await app.next('bot.status')).data, { status: 'ACTIVE' });
  t.like((await app.next('bot.status')).data, { status: 'STOPPED' });

  const failing = await addBot({ exchange: 'Bybit', exchange_account_id: null });
  await call('POST', `/api/v1/bots/${failing.botId}/start`);
  const { data, bot_id } = await dashboard.next('bot.error');
  t.is(bot_id, failing.botId);
  t.is(data['status'], 'error');
  t.truthy(data['message']);

  const { body: shown } = await call('GET', `/api/v1/bots/${failing.botId}`);
  for (
    let last: unknown;
    JSON.stringify(last) !== JSON.stringify(shown);
    last = (await scalper.next('bot_update')).data
  );
  const { body: logs } = await call<{ id: string }[]>('GET', '/api/v1/logs/');
  await until('every line', () => scalper.of('log').length === logs.length);
  const byId = (lines: unknown[]) =>
    Object.fromEntries(lines.map((line) => [(line as { id: string }).id, line]));
  t.deepEqual(byId(scalper.of('log').map(({ data: line }) => line)), byId(logs));
});
