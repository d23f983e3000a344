import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { post, type BotBody, type InvalidBody, type MalformedBody } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startApi);

test('scalper-bot 18: a change of one field leaves the rest', async (t) => {
  const { call, bots } = await api(t);
  const { body: before } = await post(call);
  const { status, body } = await call<BotBody>('PUT', `/api/v1/bots/${before.id}`, { quantity: 0.02 });
  t.is(status, 200);
  t.deepEqual(body, { ...before, quantity: 0.02, updated_at: body.updated_at });
  t.true(body.updated_at > before.updated_at);
  t.like(bots.commandsTo(before.id).at(-1)!, { name: 'configure', change: { quantity: '0.02' } });
});

test('scalper-bot 13: a changed quantity stays within the trade amounts, too', async (t) => {
  const { call } = await api(t);
  const { id } = (await post(call)).body;
  for (const quantity of [0.0009, 1000.001]) {
    const { status, body } = await call<InvalidBody>('PUT', `/api/v1/bots/${id}`, { quantity });
    t.is(status, 400);
    t.deepEqual(body.errors, [{ field: 'quantity', message: 'Must be between 0.001 and 1000' }]);
  }
  for (const quantity of [0.001, 1000])
    t.is((await call<BotBody>('PUT', `/api/v1/bots/${id}`, { quantity })).body.quantity, quantity);
});

test('scalper-bot 19: a sell price is held against the stored buy price', async (t) => {
  const { call } = await api(t);
  const { id } = (await post(call)).body;
  const { body: before } = await call<BotBody>('GET', `/api/v1/bots/${id}`);
  const { status, body } = await call<InvalidBody>('PUT', `/api/v1/bots/${before.id}`, { sell_price: 44000 });
  t.is(status, 400);
  t.deepEqual(
    body.errors.map(({ field }) => field),
    ['sell_price'],
  );
  t.deepEqual((await call<BotBody>('GET', `/api/v1/bots/${before.id}`)).body, before);
});

test('scalper-bot 20: a buy price is held against the stored sell price, told on sell_price', async (t) => {
  const { call } = await api(t);
  const { id } = (await post(call)).body;
  const { body: before } = await call<BotBody>('GET', `/api/v1/bots/${id}`);
  const { status, body } = await call<InvalidBody>('PUT', `/api/v1/bots/${before.id}`, { buy_price: 47000 });
  t.is(status, 400);
  t.deepEqual(
    body.errors.map(({ field }) => field),
    ['sell_price'],
  );
  t.deepEqual((await call<BotBody>('GET', `/api/v1/bots/${before.id}`)).body, before);
});

test('scalper-bot 21: null, nothing and what the server owns', async (t) => {
  const { call, bots } = await api(t);
  const { body: before } = await post(call);
  const path = `/api/v1/bots/${before.id}`;
  t.is((await call<BotBody>('PUT', path, { trailing_percent: null })).body.trailing_percent, null);
  const { body: now } = await call<BotBody>('GET', path);
  const commands = bots.commandsTo(before.id).length;
  for (const nothing of [
    {},
    { status: 'STOPPED' },
    { pnl: 1, id: 'x', created_at: null },
    { quantity: 0.01 },
  ]) {
    const { status, body } = await call<BotBody>('PUT', path, nothing);
    t.is(status, 200);
    t.deepEqual(body, now);
  }
  t.is(bots.commandsTo(before.id).length, commands);
});

test('Null is a 422 everywhere but for the trailing percentage', async (t) => {
  const { call } = await api(t);
  const { id } = (await post(call)).body;
  for (const field of [
    'ticker',
    'exchange',
    'first_order',
    'quantity',
    'buy_price',
    'sell_price',
    'infinite_loop',
  ]) {
    const { status, body } = await call<MalformedBody>('PUT', `/api/v1/bots/${id}`, { [field]: null });
    t.is(status, 422);
    t.deepEqual(
      body.detail.map(({ loc }) => loc),
      [['body', field]],
    );
  }
});

test('A running bot keeps its market and its first order until it is stopped', async (t) => {
  const { call } = await api(t);
  const { id } = (await post(call)).body;
  const path = `/api/v1/bots/${id}`;
  const changes = { ticker: 'ETH/USDT', exchange: 'CoinDCX F', first_order: 'SELL' };
  for (const [field, value] of Object.entries(changes)) {
    const { status, body } = await call<InvalidBody>('PUT', path, { [field]: value });
    t.is(status, 400);
    t.is(body.detail, `Stop the bot before changing ${field}`);
    t.is(body.errors[0]?.field, field);
  }
  t.is((await call('PUT', path, { ticker: 'btc/usdt' })).status, 200);
  await call('POST', `${path}/stop`);
  const { status, body } = await call<BotBody>('PUT', path, changes);
  t.is(status, 200);
  t.like(body, changes);
});

test('A change tells every bad value, and a limit that came later hinders no other field', async (t) => {
  const { call, knex } = await api(t);
  const { id } = (await post(call)).body;
  await knex('bots').where({ id }).update({ quantity: 5_000 });
  const { status, body } = await call<InvalidBody>('PUT', `/api/v1/bots/${id}`, {
    trailing_percent: 200,
    ticker: 'x',
  });
  t.is(status, 400);
  t.deepEqual(body.errors.map(({ field }) => field).toSorted(), ['ticker', 'trailing_percent']);
  t.is((await call('PUT', `/api/v1/bots/${id}`, { sell_price: 47000 })).status, 200);
});

test('The parameters and protections of another strategy are changed by its own schema', async (t) => {
  const { call } = await api(t);
  const rsi = { strategy: 'rsi-reversal', ticker: 'BTC/USDT', exchange: 'Binance' };
  const created = await call<BotBody>('POST', '/api/v1/bots/', {
    ...rsi,
    parameters: { quoteAmount: '250' },
  });
  const path = `/api/v1/bots/${created.body.id}`;
  const changed = await call<BotBody>('PUT', path, {
    parameters: { period: 20 },
    protections: { maxPosition: '500' },
  });
  t.is(changed.status, 200);
  t.like(changed.body.parameters, { period: 20, quoteAmount: '250' });
  t.deepEqual(changed.body.protections, { maxPosition: '500' });
  const invalid = await call<InvalidBody>('PUT', path, { parameters: { period: 1 } });
  t.is(invalid.status, 400);
  t.deepEqual(
    invalid.body.errors.map(({ field }) => field),
    ['parameters.period'],
  );
  t.is((await call('PUT', path, { parameters: { period: 'x' } })).status, 422);
});

test("Another exchange means an account of the bot's owner there, whoever changes the bot", async (t) => {
  const { call, knex, ownerId } = await api(t);
  const [other] = await knex('users').insert({ name: 'Other' }).returning('id');
  const account = { exchange: 'CoinDCX F', label: 'Paper', kind: 'paper', api_key_last4: 'abcd' };
  const rows = [ownerId, other.id].map((user_id) => ({ ...account, user_id, sealed_key_id: 'k' }));
  await knex('exchange_accounts').insert(rows.map((row) => ({ ...row, sealed: Buffer.from('x') })));
  const { id } = (await post(call)).body;
  await knex('bots').where({ id }).update({ status: 'STOPPED', user_id: other.id });
  t.is((await call('PUT', `/api/v1/bots/${id}`, { exchange: 'CoinDCX F' })).status, 200);
  const { exchange_account_id } = await knex('bots').where({ id }).first('exchange_account_id');
  t.like(await knex('exchange_accounts').where({ id: exchange_account_id }).first(), { user_id: other.id });
});
