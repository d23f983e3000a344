import test from 'ava';
import { EXAMPLE, post, type BotBody, type InvalidBody, type MalformedBody } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

test('scalper-bot 2: the example creates a running bot', async (t) => {
  const { call } = await startApi(t);
  const { status, body } = await post(call);
  t.is(status, 201);
  t.like(body, { ...EXAMPLE, status: 'ACTIVE', pnl: 0, total_trades: 0, last_fill_time: null });
  t.regex(body.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  t.is(body.created_at, body.updated_at);
});

test('scalper-bot 3: numbers come back as JSON numbers, times end in Z', async (t) => {
  const { call } = await startApi(t);
  const { text, body } = await post(call);
  t.regex(text, /"buy_price":45000\.5[,}]/);
  t.regex(body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('scalper-bot 4: no trailing percentage is null, no loop is false', async (t) => {
  const { call, knex } = await startApi(t);
  const { body } = await post(call, { trailing_percent: undefined, infinite_loop: undefined });
  t.is(body.trailing_percent, null);
  t.is(body.infinite_loop, false);
  const row = await knex('bots').where({ id: body.id }).first<{ trailing_percent: string | null }>();
  t.is(row.trailing_percent, null);
});

test('scalper-bot 5: each required field is missed by name, two missing by two entries', async (t) => {
  const { call } = await startApi(t);
  for (const field of ['ticker', 'exchange', 'first_order', 'quantity', 'buy_price', 'sell_price']) {
    const { status, body } = await post<MalformedBody>(call, { [field]: undefined });
    t.is(status, 422);
    t.deepEqual(body.detail, [{ loc: ['body', field], msg: 'field required', type: 'value_error.missing' }]);
  }
  const { body } = await post<MalformedBody>(call, { quantity: undefined, ticker: undefined });
  t.deepEqual(
    body.detail.map(({ loc }) => loc[1]),
    ['ticker', 'quantity'],
  );
});

test('scalper-bot 6: prices and quantity must be greater than 0', async (t) => {
  const { call } = await startApi(t);
  for (const field of ['buy_price', 'quantity']) {
    for (const value of [0, -1, -0.5]) {
      const { status, body } = await post<InvalidBody>(call, { [field]: value });
      t.is(status, 400);
      t.is(body.detail, 'Invalid input data');
      t.deepEqual(body.errors[0], { field, message: 'Must be greater than 0' });
    }
  }
});

test('scalper-bot 7: the sell price must be above the buy price', async (t) => {
  const { call } = await startApi(t);
  for (const sell_price of [45000.5, 45000.49, 1]) {
    const { status, body } = await post<InvalidBody>(call, { sell_price });
    t.is(status, 400);
    t.deepEqual(
      body.errors.map(({ field }) => field),
      ['sell_price'],
    );
  }
});

test('scalper-bot 8: the trailing percentage goes from 0 to 100', async (t) => {
  const { call } = await startApi(t);
  for (const trailing_percent of [-0.01, 100.01, 1.555]) {
    const { status, body } = await post<InvalidBody>(call, { trailing_percent });
    t.is(status, 400);
    t.deepEqual(
      body.errors.map(({ field }) => field),
      ['trailing_percent'],
    );
  }
  for (const trailing_percent of [0, 100]) {
    const { status, body } = await post(call, { trailing_percent });
    t.is(status, 201);
    t.is(body.trailing_percent, trailing_percent);
  }
});

test('scalper-bot 9: every bad value is told at once', async (t) => {
  const { call } = await startApi(t);
  const { status, body } = await post<InvalidBody>(call, {
    ...{ ticker: 'nonsense', quantity: 5_000, buy_price: 45_000, sell_price: 44_000, trailing_percent: 101 },
  });
  t.is(status, 400);
  t.deepEqual(body.errors.map(({ field }) => field).toSorted(), [
    'quantity',
    'sell_price',
    'ticker',
    'trailing_percent',
  ]);
});

test('scalper-bot 10: what the columns would round or refuse is a 400', async (t) => {
  const { call } = await startApi(t);
  const cases = [
    ['quantity', 1e-10],
    ['ticker', 'ABCDEFGHIJK/ABCDEFGHI'],
    ['sell_price', 1_234_567_890_123],
    ['buy_price', 1.123456789],
    ['ticker', ''],
  ] as const;
  for (const [field, value] of cases) {
    const { status, body } = await post<InvalidBody>(call, { [field]: value });
    t.is(status, 400);
    t.deepEqual(
      body.errors.map((error) => error.field),
      [field],
    );
  }
});

test('scalper-bot 10: digits that a float would lose are seen', async (t) => {
  const { call, knex } = await startApi(t);
  const raw = (buyPrice: string) =>
    JSON.stringify(EXAMPLE).replace('45000.5', buyPrice).replace('46000', '999999999999');
  const exact = await call<BotBody>('POST', '/api/v1/bots/', raw('123456789012.12345678'));
  t.is(exact.status, 201);
  const row = await knex('bots').where({ id: exact.body.id }).first<{ buy_price: string }>();
  t.is(row.buy_price, '123456789012.12345678');
  for (const number of [
    '123456789012.123456789',
    '1e400',
    '1e-400',
    '1e99999999999',
    '1e999999999999999999999',
  ]) {
    const { status, body } = await call<InvalidBody>('POST', '/api/v1/bots/', raw(number));
    t.is(status, 400, number);
    t.true(
      body.errors.some(({ field }) => field === 'buy_price'),
      number,
    );
  }
});

test('scalper-bot 11: an unknown value or another type is a 422', async (t) => {
  const { call } = await startApi(t);
  const cases = [
    ['exchange', 'Kraken', 'type_error.enum'],
    ['first_order', 'HOLD', 'type_error.enum'],
    ['quantity', 'much', 'type_error.float'],
    ['quantity', '0.01', 'type_error.float'],
    ['buy_price', null, 'type_error.float'],
    ['sell_price', [1], 'type_error.float'],
    ['infinite_loop', 'true', 'type_error.bool'],
    ['ticker', 5, 'type_error.str'],
    ['strategy', 'nonsense', 'type_error.enum'],
  ] as const;
  for (const [field, value, type] of cases) {
    const { status, body } = await post<MalformedBody>(call, { [field]: value });
    t.is(status, 422);
    t.like(body.detail, [{ loc: ['body', field], type }]);
  }
});

test('scalper-bot 11: a fault of type is told before a fault of range', async (t) => {
  const { call } = await startApi(t);
  const { status, body } = await post<MalformedBody>(call, { quantity: -1, exchange: 'Kraken' });
  t.is(status, 422);
  t.is(body.detail.length, 1);
});

test('scalper-bot 12: a body that is not JSON is a 422', async (t) => {
  const { call } = await startApi(t);
  for (const text of ['nonsense', '{', '{"ticker": NaN}', "{'a': 1}", '{"quantity": 01}']) {
    const { status, body } = await call<MalformedBody>('POST', '/api/v1/bots/', text);
    t.is(status, 422);
    t.like(body.detail, [{ loc: ['body'], type: 'value_error.jsondecode' }]);
  }
  const asText = await call('POST', '/api/v1/bots/', JSON.stringify(EXAMPLE), {
    'Content-Type': 'text/plain',
  });
  t.is(asText.status, 422);
  const none = await call<MalformedBody>('POST', '/api/v1/bots/');
  t.deepEqual(none.body.detail, [{ loc: ['body'], msg: 'field required', type: 'value_error.missing' }]);
  const list = await call<MalformedBody>('POST', '/api/v1/bots/', []);
  t.is(list.status, 422);
});

test('scalper-bot 13: the quantity stays within the trade amounts, both inclusive', async (t) => {
  const { call } = await startApi(t);
  for (const quantity of [0.0009, 1000.001]) {
    const { status, body } = await post<InvalidBody>(call, { quantity });
    t.is(status, 400);
    t.deepEqual(body.errors, [{ field: 'quantity', message: 'Must be between 0.001 and 1000' }]);
  }
  for (const quantity of [0.001, 1000]) t.is((await post(call, { quantity })).status, 201);
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
  const { call } = await startApi(t);
  const { status, body } = await post(call, { ticker: 'eth/usdt', status: 'ERROR', colour: 'red' });
  t.is(status, 201);
  t.like(body, { ticker: 'ETH/USDT', status: 'ACTIVE' });
});

test('A bot is made with the paper account of its owner', async (t) => {
  const { call, knex, ownerId } = await startApi(t);
  const account = {
    user_id: ownerId,
    exchange: 'Binance',
    api_key_last4: 'abcd',
    sealed: Buffer.from('x'),
    sealed_key_id: 'k',
  };
  await knex('exchange_accounts').insert({ ...account, label: 'real', kind: 'live' });
  const [paper] = await knex('exchange_accounts')
    .insert({ ...account, label: 'paper', kind: 'paper' })
    .returning('id');
  const { body } = await post(call);
  const row = await knex('bots')
    .where({ id: body.id })
    .first<{ exchange_account_id: string; user_id: string }>();
  t.is(row.exchange_account_id, (paper as { id: string }).id);
  t.is(row.user_id, ownerId);
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
  const { call } = await startApi(t);
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
