import { createHmac } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { type Answer, call, callSigned, signed } from '../testing/caller.ts';
import { listenToUser } from '../testing/listen-to-user.ts';
import { ALICE, BOB, BTCUSDT, rest, startStillExchange } from '../testing/still-exchange.ts';

const LIMIT = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC';

function place(url: string, form: string): Promise<Answer> {
  return callSigned(url, ALICE, { method: 'POST', path: '/api/v3/order', form });
}

const REFUSALS: [title: string, form: string, code: number, message: string | RegExp][] = [
  [
    'no symbol',
    'side=BUY',
    -1102,
    "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
  ],
  ['a symbol in small letters', LIMIT.replace('BTCUSDT', 'btcusdt'), -1100, /legal range/],
  ['an unknown symbol', `${LIMIT.replace('BTCUSDT', 'NOSUCH')}&quantity=1&price=1`, -1121, 'Invalid symbol.'],
  ['an unknown side', LIMIT.replace('BUY', 'HOLD'), -1117, 'Invalid side.'],
  ['an unknown type', LIMIT.replace('LIMIT', 'GUESS'), -1116, 'Invalid orderType.'],
  ['an unknown time in force', `${LIMIT.replace('GTC', 'GTX')}`, -1115, 'Invalid timeInForce.'],
  ['an unknown prevention', `${LIMIT}&quantity=1&price=1&selfTradePreventionMode=GUESS`, -1130, /Mode/],
  [
    'a prevention that is not offered',
    `${LIMIT}&quantity=1&price=1&selfTradePreventionMode=NONE`,
    -1013,
    'This symbol does not allow the specified self-trade prevention mode.',
  ],
  ['no price', `${LIMIT}&quantity=1`, -1102, /'price'/],
  ['no quantity', `${LIMIT}&price=49000`, -1102, /'quantity'/],
  [
    'a negative price',
    `${LIMIT}&quantity=1&price=-1`,
    -1100,
    /Illegal characters found in parameter 'price'/,
  ],
  ['a number in words', `${LIMIT}&quantity=NaN&price=1`, -1100, /'quantity'/],
  ['too many decimals', `${LIMIT}&quantity=0.123456789&price=49000`, -1111, /has too much precision/],
  ['a stop price where none belongs', `${LIMIT}&quantity=1&price=49000&stopPrice=1`, -1106, /'stopPrice'/],
  ['a price off the tick', `${LIMIT}&quantity=0.1&price=49000.001`, -1013, 'Filter failure: PRICE_FILTER'],
  ['a quantity off the step', `${LIMIT}&quantity=0.000015&price=49000`, -1013, 'Filter failure: LOT_SIZE'],
  ['too little in quote', `${LIMIT}&quantity=0.0001&price=49000`, -1013, 'Filter failure: NOTIONAL'],
  ['a price far off', `${LIMIT}&quantity=0.1&price=260000`, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  [
    'more than is there',
    `${LIMIT}&quantity=50&price=49000`,
    -2010,
    'Account has insufficient balance for requested action.',
  ],
  [
    'an empty client id',
    `${LIMIT}&quantity=0.1&price=49000&newClientOrderId=`,
    -1105,
    "Parameter 'newClientOrderId' was empty.",
  ],
  [
    'a client id with a blank',
    `${LIMIT}&quantity=0.1&price=49000&newClientOrderId=a%20b`,
    -1100,
    /newClientOrderId/,
  ],
  ['a parameter twice', `${LIMIT}&quantity=0.1&quantity=0.2&price=49000`, -1101, /Duplicate values/],
  [
    'a parameter nobody knows',
    `${LIMIT}&quantity=0.1&price=49000&leverage=3`,
    -1104,
    /read '8' .* sent '9'|read/,
  ],
  ['broken encoding', `${LIMIT}&quantity=%E0%A4%A`, -1100, /Illegal characters/],
];

for (const [title, form, code, message] of REFUSALS) {
  test(`an order with ${title} is refused with ${code}`, async (t) => {
    const { url } = await startStillExchange(t);
    const answer = await place(url, form);
    t.is(answer.status, 400);
    const { code: given, msg } = answer.body as { code: number; msg: string };
    t.is(given, code);
    if (typeof message === 'string') t.is(msg, message);
    else t.regex(msg, message);
  });
}

test('an answer tells as much as newOrderRespType asks for', async (t) => {
  const { url } = await startStillExchange(t);
  const form = `${LIMIT}&quantity=0.1&price=49000`;
  const keys = async (type: string) => Object.keys((await place(url, form + type)).body as object);
  t.deepEqual(await keys('&newOrderRespType=ACK'), [
    'symbol',
    'orderId',
    'orderListId',
    'clientOrderId',
    'transactTime',
  ]);
  t.false((await keys('&newOrderRespType=RESULT')).includes('fills'));
  t.true((await keys('')).includes('fills'));
  t.like((await place(url, `${form}&newOrderRespType=ALL`)).body, { code: -1136 });
});

test('a client order id is refused while its order is open', async (t) => {
  const { url } = await startStillExchange(t);
  const form = `${LIMIT}&quantity=0.1&price=49000&newClientOrderId=once`;
  t.is((await place(url, form)).status, 200);
  t.deepEqual((await place(url, form)).body, { code: -2010, msg: 'Duplicate order sent.' });
  const cancel = { method: 'DELETE', path: '/api/v3/order', form: 'symbol=BTCUSDT&origClientOrderId=once' };
  t.like((await callSigned(url, ALICE, cancel)).body, { origClientOrderId: 'once', status: 'CANCELED' });
  t.deepEqual((await callSigned(url, ALICE, cancel)).body, { code: -2011, msg: 'Unknown order sent.' });
  t.is((await place(url, form)).status, 200);
});

test('an order beyond the open ones that an account may have is rejected with -2010', async (t) => {
  const { url, engine } = await startStillExchange(t);
  engine.addSymbol({ ...BTCUSDT, symbol: 'FEWUSDT', maxOrders: 1 }, '50000');
  const form = `${LIMIT.replace('BTCUSDT', 'FEWUSDT')}&quantity=0.1&price=49000`;
  t.is((await place(url, form)).status, 200);
  t.deepEqual((await place(url, form)).body, { code: -2010, msg: 'Filter failure: MAX_NUM_ORDERS' });
});

test('an order that is named by both of its ids must have both', async (t) => {
  const { url } = await startStillExchange(t);
  const first = await place(url, `${LIMIT}&quantity=0.1&price=49000&newClientOrderId=first`);
  await place(url, `${LIMIT}&quantity=0.1&price=49000&newClientOrderId=second`);
  const { orderId } = first.body as { orderId: number };
  const order = (method: string, clientId: string) =>
    callSigned(url, ALICE, {
      method,
      path: '/api/v3/order',
      form: `symbol=BTCUSDT&orderId=${orderId}&origClientOrderId=${clientId}`,
    });
  t.like((await order('GET', 'second')).body, { code: -2013 });
  t.like((await order('DELETE', 'second')).body, { code: -2011 });
  t.like((await order('GET', 'first')).body, { orderId, clientOrderId: 'first', status: 'NEW' });
  t.like((await order('DELETE', 'first')).body, { orderId, origClientOrderId: 'first', status: 'CANCELED' });
});

test('what is in the query counts, whatever the body says', async (t) => {
  const { url } = await startStillExchange(t);
  const [query, body] = ['quantity=0.1', signed(`${LIMIT}&quantity=0.2&price=49000`, '')];
  const unsigned = body.slice(0, body.indexOf('&signature='));
  const signature = createHmac('sha256', ALICE.secret)
    .update(query + unsigned)
    .digest('hex');
  const answer = await call(url, {
    method: 'POST',
    path: `/api/v3/order?${query}`,
    form: `${unsigned}&signature=${signature}`,
    headers: { 'X-MBX-APIKEY': ALICE.apiKey },
  });
  t.like(answer.body, { origQty: '0.10000000', status: 'NEW' });
});

test('amounts are written with eight decimals', async (t) => {
  const { url, engine } = await startStillExchange(t);
  rest(engine, { side: 'SELL', price: '50000', quantity: '0.3' });
  const { body } = await place(url, `${LIMIT}&quantity=0.50&price=50000.0`);
  t.like(body, {
    price: '50000.00000000',
    origQty: '0.50000000',
    executedQty: '0.30000000',
    cummulativeQuoteQty: '15000.00000000',
    status: 'PARTIALLY_FILLED',
    fills: [{ price: '50000.00000000', qty: '0.30000000', commission: '0.00030000', commissionAsset: 'BTC' }],
  });
});

test('an order that rested in the way of its own account says what was prevented', async (t) => {
  const exchange = await startStillExchange(t);
  const { url } = exchange;
  const user = await listenToUser(t, exchange, ALICE);
  const resting = await place(url, `${LIMIT}&quantity=0.3&price=49000&newClientOrderId=own`);
  const { orderId: maker } = resting.body as { orderId: number };
  const taking = await place(url, `${LIMIT.replace('BUY', 'SELL')}&quantity=0.1&price=49000`);
  const { orderId: taker } = taking.body as { orderId: number };
  const form = 'symbol=BTCUSDT&origClientOrderId=own';
  const { body } = await callSigned(url, ALICE, { method: 'GET', path: '/api/v3/order', form });
  t.like(body, { status: 'EXPIRED_IN_MATCH', preventedMatchId: 1, preventedQuantity: '0.10000000' });
  const prevented = () => user.events.find((event) => event['x'] === 'TRADE_PREVENTION');
  while (prevented() === undefined) await setImmediate();
  t.like(prevented(), {
    i: maker,
    X: 'EXPIRED_IN_MATCH',
    v: 1,
    A: '0.10000000',
    B: '0.10000000',
    U: taker,
    Cs: 'BTCUSDT',
    pl: '0.10000000',
    pL: '49000.00000000',
    pY: '4900.00000000',
  });
});

test('a stop order works from when it was touched, not from when it was placed', async (t) => {
  let now = Date.now();
  const { url, engine } = await startStillExchange(t, { clock: () => now });
  const read = async () =>
    (
      await call(url, {
        method: 'GET',
        path: '/api/v3/order',
        form: signed('symbol=BTCUSDT&origClientOrderId=stop', ALICE.secret, { timestamp: now }),
        headers: { 'X-MBX-APIKEY': ALICE.apiKey },
      })
    ).body;
  const placed = now;
  const stop = { type: 'STOP_LOSS_LIMIT', price: '52000', stopPrice: '49000', quantity: '0.1' } as const;
  rest(engine, { ...stop, clientOrderId: 'stop' }, 'alice');
  t.like(await read(), { time: placed, isWorking: false, workingTime: -1 });
  now += 60_000;
  rest(engine, { side: 'BUY', price: '49000', quantity: '0.1' });
  rest(engine, { type: 'MARKET', price: null, quantity: '0.1' }, 'alice');
  t.like(await read(), { time: placed, isWorking: true, workingTime: now });
});

test('an order that is only tried tells its rates with eight decimals', async (t) => {
  const { url } = await startStillExchange(t);
  const form = `${LIMIT}&quantity=0.1&price=49000&computeCommissionRates=true`;
  const none = { maker: '0.00000000', taker: '0.00000000' };
  t.deepEqual((await callSigned(url, ALICE, { method: 'POST', path: '/api/v3/order/test', form })).body, {
    standardCommissionForOrder: { maker: '0.00100000', taker: '0.00100000' },
    specialCommissionForOrder: none,
    taxCommissionForOrder: none,
    discount: {
      enabledForAccount: false,
      enabledForSymbol: false,
      discountAsset: 'BNB',
      discount: '1.00000000',
    },
  });
});

test('an account has a number of its own that stays', async (t) => {
  const { url } = await startStillExchange(t);
  const uid = async (keys: typeof ALICE) =>
    ((await callSigned(url, keys, { method: 'GET', path: '/api/v3/account' })).body as { uid: number }).uid;
  const alice = await uid(ALICE);
  t.true(Number.isSafeInteger(alice) && alice >= 0);
  t.is(await uid(ALICE), alice);
  t.not(await uid(BOB), alice);
});

test('own trades are read by order, by id and by time', async (t) => {
  const { url, engine } = await startStillExchange(t);
  for (const price of ['50000', '50001', '50002']) rest(engine, { side: 'SELL', price, quantity: '0.1' });
  for (let n = 0; n < 3; n += 1) {
    const { status } = await place(url, 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.1');
    t.is(status, 200);
  }
  const trades = async (form: string) =>
    (
      await callSigned(url, ALICE, {
        method: 'GET',
        path: '/api/v3/myTrades',
        form: `symbol=BTCUSDT&${form}`,
      })
    ).body as { id: number; orderId: number; time: number }[];
  const all = await trades('limit=10');
  const [first, second] = all;
  t.is(all.length, 3);
  t.deepEqual(await trades(`orderId=${second?.orderId}`), [second]);
  t.deepEqual(await trades(`fromId=${second?.id}`), all.slice(1));
  t.deepEqual(await trades(`fromId=${first?.id}&limit=1`), [first]);
  t.deepEqual(await trades('limit=1'), all.slice(-1));
  t.is((await trades(`startTime=${first?.time}`)).length, 3);
  t.like(await trades(`startTime=1&endTime=${86_400_002}`), { code: -1127 });
});

test('a cancel and replace says what became of each half', async (t) => {
  const { url } = await startStillExchange(t);
  const replace = (form: string) =>
    callSigned(url, ALICE, {
      method: 'POST',
      path: '/api/v3/order/cancelReplace',
      form: `${LIMIT}&price=48000&${form}`,
    });
  const failed = await replace('quantity=0.1&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=99');
  t.is(failed.status, 400);
  t.like(failed.body, {
    code: -2022,
    data: { cancelResult: 'FAILURE', newOrderResult: 'NOT_ATTEMPTED', cancelResponse: { code: -2011 } },
  });
  const half = await replace('quantity=0.1&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=99');
  t.is(half.status, 409);
  t.like(half.body, { code: -2021, data: { newOrderResult: 'SUCCESS' } });
  const { orderId } = (half.body as { data: { newOrderResponse: { orderId: number } } }).data
    .newOrderResponse;
  const whole = await replace(`quantity=0.2&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=${orderId}`);
  t.is(whole.status, 200);
  t.like(whole.body, {
    cancelResult: 'SUCCESS',
    newOrderResult: 'SUCCESS',
    newOrderResponse: { origQty: '0.20000000' },
  });
});
