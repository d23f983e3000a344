import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { EXAMPLE, post, type BotBody, type InvalidBody, type MalformedBody } from '../../testing/example.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startApi);

test('scalper-bot 5: each required field is missed by name, two missing by two entries', async (t) => {
  const { call } = await api(t);
  for (const field of ['ticker', 'exchange', 'first_order', 'quantity', 'buy_price', 'sell_price']) {
    const { status, body } = await post<MalformedBody>(call, { [field]: undefined });
    t.is(status, 422);
    t.deepEqual(body.detail, [{ loc: ['body', field], msg: 'field required', type: 'value_error.missing' }]);
  }
  const { status, body } = await post<MalformedBody>(call, { quantity: undefined, ticker: undefined });
  t.is(status, 422);
  t.deepEqual(
    body.detail.map(({ loc }) => loc[1]),
    ['ticker', 'quantity'],
  );
});

test('scalper-bot 6: prices and quantity must be greater than 0', async (t) => {
  const { call } = await api(t);
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
  const { call } = await api(t);
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
  const { call } = await api(t);
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
  const { call } = await api(t);
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
  const { call } = await api(t);
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
  const { call, knex } = await api(t);
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
  const { call } = await api(t);
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
  const { call } = await api(t);
  const { status, body } = await post<MalformedBody>(call, { quantity: -1, exchange: 'Kraken' });
  t.is(status, 422);
  t.is(body.detail.length, 1);
});

test('scalper-bot 12: a body that is not JSON is a 422', async (t) => {
  const { call } = await api(t);
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
  const { call } = await api(t);
  for (const quantity of [0.0009, 1000.001]) {
    const { status, body } = await post<InvalidBody>(call, { quantity });
    t.is(status, 400);
    t.deepEqual(body.errors, [{ field: 'quantity', message: 'Must be between 0.001 and 1000' }]);
  }
  for (const quantity of [0.001, 1000]) t.is((await post(call, { quantity })).status, 201);
});
