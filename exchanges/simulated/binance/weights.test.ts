import test from 'ava';
import { call, callSigned, signed } from '../testing/caller.ts';
import { ALICE, BOB, rest, startStillExchange } from '../testing/still-exchange.ts';

const PING = { method: 'GET', path: '/api/v3/ping' };
/** The start of a minute, so that no window ends in mid-test. */
const MINUTE = 1_790_000_040_000;
const ORDER = {
  method: 'POST',
  path: '/api/v3/order',
  form: 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=49000',
};

test('every answer says how much weight the address has used', async (t) => {
  const { url } = await startStillExchange(t, { clock: () => MINUTE });
  const weights: [path: string, weight: string][] = [
    ['/api/v3/ping', '1'],
    ['/api/v3/exchangeInfo', '21'],
    ['/api/v3/depth?symbol=BTCUSDT&limit=500', '46'],
    ['/api/v3/ticker/24hr', '126'],
    ['/api/v3/depth?symbol=NOSUCH', '131'],
  ];
  for (const [path, used] of weights) {
    const { headers } = await call(url, { method: 'GET', path });
    t.is(headers['x-mbx-used-weight-1m'], used, path);
    t.truthy(headers['x-mbx-uuid']);
  }
});

test('beyond the weight of a minute comes 429, and whoever goes on is banned, each time for longer', async (t) => {
  let now = MINUTE;
  const exchange = await startStillExchange(t, {
    clock: () => now,
    limits: { weightPerMinute: 3, violationsBeforeBan: 2, firstBanMs: 120_000 },
  });
  const ping = (from = '127.0.0.1') => call(exchange.url, { ...PING, from });
  for (let n = 0; n < 3; n += 1) t.is((await ping()).status, 200);

  now += 15_000;
  const limited = await ping();
  t.is(limited.status, 429);
  t.is(limited.headers['retry-after'], '45');
  t.like(limited.body, { code: -1003 });
  t.is((await ping()).status, 429);
  const banned = await ping();
  t.is(banned.status, 418);
  t.is(banned.headers['retry-after'], '120');
  t.regex((banned.body as { msg: string }).msg, new RegExp(`banned until ${now + 120_000}`));
  t.is((await ping('127.0.0.9')).status, 200, 'another address is not banned');

  now += 119_000;
  t.is((await ping()).status, 418);
  now += 1_000;
  t.is((await ping()).status, 200);
  for (let n = 0; n < 4; n += 1) await ping();
  t.is((await ping()).headers['retry-after'], '240');
  t.deepEqual(
    exchange.control.requests(0).map(({ status }) => status),
    [200, 200, 200, 429, 429, 418, 200, 418, 200, 200, 200, 429, 429, 418],
  );
});

test('an account may place so many unfilled orders in ten seconds', async (t) => {
  let now = MINUTE;
  const exchange = await startStillExchange(t, { clock: () => now, limits: { ordersPerTenSeconds: 2 } });
  const place = (keys = ALICE) =>
    call(exchange.url, {
      ...ORDER,
      form: signed(ORDER.form, keys.secret, { timestamp: now }),
      headers: { 'X-MBX-APIKEY': keys.apiKey },
    });
  t.is((await place()).headers['x-mbx-order-count-10s'], '1');
  t.is((await place()).headers['x-mbx-order-count-10s'], '2');
  const refused = await place();
  t.is(refused.status, 429);
  t.like(refused.body, { code: -1015, msg: 'Too many new orders; current limit is 2 orders per 10 SECOND.' });
  t.is(refused.headers['retry-after'], undefined, 'the address may go on');
  t.is((await place(BOB)).status, 200, 'another account has a count of its own');

  rest(exchange.engine, { side: 'SELL', price: '49000', quantity: '0.05' });
  t.is((await place()).status, 200, 'a filled order no longer counts');
  t.is((await place()).status, 429);
  now += 10_000;
  t.is((await place()).headers['x-mbx-order-count-10s'], '1');
});

test('a banned address is told so wherever it knocks', async (t) => {
  const { url, control } = await startStillExchange(t);
  const ask = (path: string) => call(url, { method: 'GET', path });
  t.is((await ask('/api/v3/nothing')).status, 404);
  control.addFault({ kind: 'banned', ms: 60_000, times: 1 });
  t.is((await ask('/api/v3/ping')).status, 418);
  t.is((await ask('/api/v3/nothing')).status, 418);
});

test('HEAD is answered as GET, without a body', async (t) => {
  const { url } = await startStillExchange(t);
  const answer = await call(url, { method: 'HEAD', path: '/api/v3/ticker/price?symbol=BTCUSDT' });
  t.is(answer.status, 200);
  t.is(answer.headers['x-mbx-used-weight-1m'], '2');
  t.is(answer.text, '');
});

test('a refused order is not counted', async (t) => {
  const { url } = await startStillExchange(t);
  const refused = await callSigned(url, ALICE, { ...ORDER, form: ORDER.form.replace('0.1', '80') });
  t.like(refused.body, { code: -2010 });
  t.is(refused.headers['x-mbx-order-count-10s'], '0');
});
