import { randomUUID } from 'node:crypto';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { EXAMPLE, post, type BotBody, type InvalidBody, type MalformedBody } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startApi);

test('scalper-bot 2: the example creates a running bot', async (t) => {
  const { call } = await api(t);
  const { status, body } = await post(call);
  t.is(status, 201);
  t.like(body, { ...EXAMPLE, status: 'ACTIVE', pnl: 0, total_trades: 0, last_fill_time: null });
  t.regex(body.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  t.is(body.created_at, body.updated_at);
});

test('scalper-bot 3: numbers come back as JSON numbers, times end in Z', async (t) => {
  const { call } = await api(t);
  const { text, body } = await post(call);
  t.regex(text, /"buy_price":45000\.5[,}]/);
  t.regex(body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('scalper-bot 4: no trailing percentage is null, no loop is false', async (t) => {
  const { call, knex } = await api(t);
  const { body } = await post(call, { trailing_percent: undefined, infinite_loop: undefined });
  t.is(body.trailing_percent, null);
  t.is(body.infinite_loop, false);
  const row = await knex('bots').where({ id: body.id }).first<{ trailing_percent: string | null }>();
  t.is(row.trailing_percent, null);
});

test('scalper-bot 14: the eleventh bot is refused', async (t) => {
  const { call } = await startApi(t, { maxBots: 10 });
  for (let count = 0; count < 10; count++) t.is((await post(call)).status, 201);
  const { status, body } = await post<{ detail: string }>(call);
  t.is(status, 400);
  t.deepEqual(body, { detail: 'Maximum number of bots reached (10)' });
});

test('scalper-bot 14: ten at once on nine leave ten', async (t) => {
  const { call, knex } = await startApi(t, { maxBots: 10 });
  for (let count = 0; count < 9; count++) await post(call);
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(call)));
  t.is(answers.filter(({ status }) => status === 201).length, 1);
  t.is((await knex('bots')).length, 10);
});

test('scalper-bot 54: a hostile ticker does no harm', async (t) => {
  const { call } = await startApi(t);
  await post(call);
  const { status, body } = await post<InvalidBody>(call, { ticker: "'; DROP TABLE bots;--" });
  t.is(status, 400);
  t.is(body.errors[0]?.field, 'ticker');
  t.is((await call('GET', "/api/v1/trades/?symbol='%3B DROP TABLE bots%3B--")).status, 200);
  t.is((await call<unknown[]>('GET', '/api/v1/bots/')).body.length, 1);
});

test('A ticker is stored in capitals and unknown fields are ignored', async (t) => {
  const { call } = await api(t);
  const { status, body } = await post(call, { ticker: 'eth/usdt', status: 'ERROR', colour: 'red' });
  t.is(status, 201);
  t.like(body, { ticker: 'ETH/USDT', status: 'ACTIVE' });
});

test('A bot trades with the live account of its owner, without one with paper, without any with none', async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const [other] = await knex('users').insert({ name: 'Other' }).returning('id');
  const open = async (columns: Record<string, unknown>) => {
    const account = { user_id: ownerId, exchange: 'Binance', api_key_last4: 'abcd', sealed_key_id: 'k' };
    const row = { ...account, label: randomUUID(), sealed: Buffer.from('x'), ...columns };
    const [{ id }] = await knex('exchange_accounts').insert(row).returning('id');
    return id as string;
  };
  const accountOfNext = async () => {
    const { id } = (await post(call)).body;
    return knex('bots').where({ id }).first('exchange_account_id', 'user_id');
  };
  await open({ kind: 'live', user_id: other.id });
  await open({ kind: 'live', exchange: 'CoinDCX F' });
  t.deepEqual(await accountOfNext(), { exchange_account_id: null, user_id: ownerId });
  const paper = await open({ kind: 'paper' });
  t.is((await accountOfNext()).exchange_account_id, paper);
  const live = await open({ kind: 'live' });
  t.is((await accountOfNext()).exchange_account_id, live);
});

test('Of several accounts a bot takes the oldest, and always the same of those of one moment', async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const account = { user_id: ownerId, exchange: 'Binance', api_key_last4: 'abcd', sealed_key_id: 'k' };
  const rows = ['b', 'a', 'c'].map((first) => ({
    ...{ ...account, kind: 'live', label: first, sealed: Buffer.from('x') },
    id: `${first}0000000-0000-4000-8000-000000000000`,
    created_at: new Date(Date.UTC(2024, 0, 2)),
  }));
  await knex('exchange_accounts').insert(rows);
  const accountOfNext = async () => {
    const { id } = (await post(call)).body;
    return (await knex('bots').where({ id }).first('exchange_account_id')).exchange_account_id as string;
  };
  t.is(await accountOfNext(), 'a0000000-0000-4000-8000-000000000000');
  // A rewritten row lies elsewhere in the table: the order of rows must not decide.
  await knex('exchange_accounts').where({ label: 'a' }).update({ api_key_last4: 'wxyz' });
  t.is(await accountOfNext(), 'a0000000-0000-4000-8000-000000000000');
  await knex('exchange_accounts')
    .where({ label: 'c' })
    .update({ created_at: new Date(Date.UTC(2024, 0, 1)) });
  t.is(await accountOfNext(), 'c0000000-0000-4000-8000-000000000000');
});

test('A start that cannot succeed is shown as ERROR', async (t) => {
  const { call, bots } = await startApi(t);
  bots.startsIn = 'ERROR';
  const { status, body } = await post(call);
  t.is(status, 201);
  t.is(body.status, 'ERROR');
});

test('While Temporal is away nothing is created', async (t) => {
  const { call, bots, knex } = await startApi(t);
  bots.outage = 'away';
  const { status, headers } = await post(call);
  t.is(status, 503);
  t.truthy(headers.get('Retry-After'));
  t.deepEqual(await knex('bots'), []);
  t.deepEqual(await knex('activity_logs'), []);
  bots.outage = 'none';
  t.is((await post(call)).status, 201);
});

test('A bot of another strategy is made of its parameters', async (t) => {
  const { call } = await api(t);
  const rsi = { strategy: 'rsi-reversal', ticker: 'BTC/USDT', exchange: 'Binance' };
  const { status, body } = await call<BotBody>('POST', '/api/v1/bots/', {
    ...rsi,
    parameters: { timeframe: '1m', quoteAmount: '250' },
    protections: { stopLoss: '5' },
  });
  t.is(status, 201);
  t.like(body, { strategy: 'rsi-reversal', quantity: null, protections: { stopLoss: '5' } });
  t.like(body.parameters, { timeframe: '1m', quoteAmount: '250', period: 14 });

  const wrong = { timeframe: '7m', period: 'many', quoteAmount: '250' };
  const malformed = await call<MalformedBody>('POST', '/api/v1/bots/', { ...rsi, parameters: wrong });
  t.is(malformed.status, 422);
  t.deepEqual(
    malformed.body.detail.map(({ loc }) => loc.join('.')),
    ['body.parameters.timeframe', 'body.parameters.period'],
  );

  const both = { quantity: '1', quoteAmount: '250' };
  const invalid = await call<InvalidBody>('POST', '/api/v1/bots/', { ...rsi, parameters: both });
  t.is(invalid.status, 400);
  t.deepEqual(
    invalid.body.errors.map(({ field }) => field),
    ['parameters.quantity'],
  );
});
