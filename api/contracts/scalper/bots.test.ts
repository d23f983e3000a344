import { randomUUID } from 'node:crypto';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { EXAMPLE, post, type BotBody, type InvalidBody, type MalformedBody } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startApi);

test('scalper-bot 1: an empty database lists no bots, with and without the last slash', async (t) => {
  const { call } = await startApi(t);
  for (const path of ['/api/v1/bots/', '/api/v1/bots']) {
    const { status, body } = await call('GET', path);
    t.is(status, 200);
    t.deepEqual(body as unknown, []);
  }
});

test('Every path answers with and without the last slash, without a redirect', async (t) => {
  const { call } = await api(t);
  const { body } = await post(call);
  for (const path of [
    '/api/v1/logs/count',
    '/api/v1/bots/statistics/summary',
    `/api/v1/bots/${body.id}`,
    '/health',
  ]) {
    t.is((await call('GET', path)).status, 200);
    t.is((await call('GET', `${path}/`)).status, 200);
  }
  t.is((await call('POST', '/api/v1/bots', EXAMPLE)).status, 201);
  t.is((await call('POST', `/api/v1/bots/${body.id}/stop/`)).status, 200);
});

test('scalper-bot 15: a page is cut from the newest on, 100 unless said', async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const row = { ...EXAMPLE, user_id: ownerId };
  const rows = Array.from({ length: 101 }, (_, age) => ({
    ...row,
    ticker: `T${age}/USDT`,
    created_at: new Date(Date.UTC(2024, 0, 1) - age * 60_000),
  }));
  await knex('bots').insert(rows.toReversed());
  const { body } = await call<BotBody[]>('GET', '/api/v1/bots/?skip=1&limit=2');
  t.deepEqual(
    body.map(({ ticker }) => ticker),
    ['T1/USDT', 'T2/USDT'],
  );
  const { body: whole } = await call<BotBody[]>('GET', '/api/v1/bots/');
  t.is(whole.length, 100);
  t.is(whole[0]?.ticker, 'T0/USDT');
});

test('scalper-bot 16: bots are filtered by status, and a query that makes no sense is a 422', async (t) => {
  const { call } = await startApi(t);
  const stopped = (await post(call)).body.id;
  const active = (await post(call)).body.id;
  await call('POST', `/api/v1/bots/${stopped}/stop`);
  for (const [status, id] of [
    ['ACTIVE', active],
    ['STOPPED', stopped],
  ] as const) {
    const { body } = await call<BotBody[]>('GET', `/api/v1/bots/?status=${status}`);
    t.deepEqual(
      body.map((bot) => bot.id),
      [id],
    );
  }
  t.is((await call('GET', '/api/v1/bots/?status=ERROR')).status, 200);
  const cases = [
    ['status=foo', 'type_error.enum'],
    ['skip=-1', 'type_error.integer'],
    ['limit=abc', 'type_error.integer'],
    ['limit=0', 'type_error.integer'],
    ['limit=1001', 'type_error.integer'],
    ['limit=1&limit=2', 'type_error.str'],
    ['skip=', 'type_error.integer'],
    ['skip=1e3', 'type_error.integer'],
  ] as const;
  for (const [query, type] of cases) {
    const { status, body } = await call<MalformedBody>('GET', `/api/v1/bots/?${query}`);
    t.is(status, 422, query);
    t.like(body.detail, [{ loc: ['query', query.split('=')[0]!], type }], query);
  }
});

test('A query that says one thing twice is told so', async (t) => {
  const { call } = await api(t);
  for (const query of ['skip=1&skip=2', 'status=ACTIVE&status=ERROR']) {
    const { status, body } = await call<MalformedBody>('GET', `/api/v1/bots/?${query}`);
    t.is(status, 422);
    t.is(body.detail[0]?.msg, 'value is given more than once', query);
  }
});

test('scalper-bot 17: one bot in full; an unknown one is a 404, no UUID a 422, for every method', async (t) => {
  const { call } = await api(t);
  const { body: created } = await post(call);
  const { status, body } = await call<BotBody>('GET', `/api/v1/bots/${created.id}`);
  t.is(status, 200);
  t.like(body, { ...EXAMPLE, id: created.id });
  const asks = [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/start'],
    ['POST', '/stop'],
    ['POST', '/toggle'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['GET', '/trades'],
    ['GET', '/why'],
  ] as const;
  for (const [method, suffix] of asks) {
    const sent = method === 'PUT' ? {} : undefined;
    for (const unknown of [randomUUID(), '11111111-1111-1111-1111-111111111111']) {
      const missing = await call(method, `/api/v1/bots/${unknown}${suffix}`, sent);
      t.is(missing.status, 404);
      t.deepEqual(missing.body, { detail: 'Bot not found' });
    }
    const malformed = await call<MalformedBody>(method, `/api/v1/bots/not-a-uuid${suffix}`, sent);
    t.is(malformed.status, 422);
    t.like(malformed.body.detail, [{ loc: ['path', 'bot_id'], type: 'type_error.uuid' }]);
  }
});

test('scalper-bot 22: a deleted bot is gone with its trades, its logs remain', async (t) => {
  const { call, knex } = await startApi(t);
  const { id } = (await post(call)).body;
  await knex('trades').insert({
    bot_id: id,
    symbol: 'BTC/USDT',
    side: 'BUY',
    quantity: 1,
    price: 1,
    exchange: 'Binance',
  });
  const { status, text } = await call('DELETE', `/api/v1/bots/${id}`);
  t.is(status, 204);
  t.is(text, '');
  t.is((await call('GET', `/api/v1/bots/${id}`)).status, 404);
  t.deepEqual(await knex('trades'), []);
  const logs = await knex('activity_logs').select('bot_id', 'message');
  t.deepEqual(logs, [{ bot_id: null, message: 'Bot created for BTC/USDT on Binance' }]);
});

test('scalper-bot 26: the statistics are exact sums, zeros for an empty database', async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const empty = { total_bots: 0, active_bots: 0, stopped_bots: 0, total_pnl: 0, total_trades: 0 };
  t.deepEqual((await call('GET', '/api/v1/bots/statistics/summary')).body, empty);
  const row = { ...EXAMPLE, user_id: ownerId };
  await knex('bots').insert([
    { ...row, status: 'ACTIVE', pnl: '0.10000001', total_trades: 3 },
    { ...row, status: 'ACTIVE', pnl: '0.20000002', total_trades: 4 },
    { ...row, status: 'STOPPED', pnl: '-1', total_trades: 0 },
    { ...row, status: 'ERROR', pnl: '100', total_trades: 1 },
  ]);
  t.deepEqual((await call('GET', '/api/v1/bots/statistics/summary')).body, {
    ...{ total_bots: 4, active_bots: 2, stopped_bots: 1 },
    ...{ total_pnl: 99.30000003, total_trades: 8 },
  });
});

test('Commands go to the bot with its address and are answered with the whole bot', async (t) => {
  const { call, bots, ownerId } = await api(t);
  const { id } = (await post(call)).body;
  const asks = [
    ['stop', 'STOPPED'],
    ['start', 'ACTIVE'],
    ['pause', 'PAUSED'],
    ['resume', 'ACTIVE'],
    ['toggle', 'STOPPED'],
  ] as const;
  for (const [name, expected] of asks) {
    const { status, body } = await call<BotBody>('POST', `/api/v1/bots/${id}/${name}`);
    t.is(status, 200);
    t.like(body, { id, status: expected, ticker: 'BTC/USDT' });
    t.is(bots.commandsTo(id).at(-1)!.name, name);
  }
  await call('POST', `/api/v1/bots/${id}/stop?mode=close`);
  const commands = bots.commandsTo(id);
  t.like(commands.at(-1)!, { name: 'stop', mode: 'close' });
  t.is(new Set(commands.map(({ commandId }) => commandId)).size, commands.length);
  const { bot } = bots.commands.find((sent) => sent.bot.botId === id)!;
  t.deepEqual(bot, {
    ...{ botId: id, ownerId, exchange: 'Binance', symbol: 'BTC/USDT', strategy: 'ping-pong' },
  });
});

test('A command that the bot refuses is a 409 that says what to do', async (t) => {
  const { call } = await api(t);
  const { id } = (await post(call)).body;
  await call('POST', `/api/v1/bots/${id}/stop`);
  const { status, body } = await call('POST', `/api/v1/bots/${id}/pause`);
  t.is(status, 409);
  t.regex(body['detail'] as string, /Start it first/);
});

test('Stop-all counts what it changed and logs it once', async (t) => {
  const { call } = await startApi(t);
  for (let count = 0; count < 8; count++) {
    const { id } = (await post(call)).body;
    if (count < 3) await call('POST', `/api/v1/bots/${id}/stop`);
  }
  const first = await call('POST', '/api/v1/bots/stop-all');
  t.deepEqual(first.body, { message: 'Stopped 5 bots', count: 5 });
  const again = await call('POST', '/api/v1/bots/stop-all');
  t.deepEqual(again.body, { message: 'Stopped 0 bots', count: 0 });
  const { body: logs } = await call<{ message: string }[]>('GET', '/api/v1/logs/?level=WARNING');
  t.deepEqual(
    logs.map(({ message }) => message),
    ['Stopped 5 bots'],
  );
});

test('Why a bot does not trade is told from what it last saw', async (t) => {
  const { call, knex } = await api(t);
  const { id } = (await post(call)).body;
  t.like((await call('GET', `/api/v1/bots/${id}/why`)).body, {
    id,
    status: 'ACTIVE',
    reasons: [],
    last_price: null,
  });
  await knex('bot_session_states').insert({
    bot_id: id,
    reasons: JSON.stringify([
      { code: 'no_signal', detail: 'Waiting to BUY at 45000.5.', at: Date.UTC(2024, 0, 1) },
    ]),
    last_price: '45500.25',
  });
  const { body } = await call('GET', `/api/v1/bots/${id}/why`);
  t.like(body, {
    last_price: 45500.25,
    reasons: [{ code: 'no_signal', detail: 'Waiting to BUY at 45000.5.', at: '2024-01-01T00:00:00.000Z' }],
  });
});

test('An order that may still rest keeps the bot', async (t) => {
  const { call, bots } = await startApi(t);
  const { id } = (await post(call)).body;
  bots.command = () => Promise.reject(Object.assign(new Error('no'), { type: 'ExchangeFailure' }));
  const { status, body } = await call<InvalidBody>('DELETE', `/api/v1/bots/${id}`);
  t.is(status, 502);
  t.regex(body.detail, /delete it again/);
});
