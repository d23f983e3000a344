import { createHmac } from 'node:crypto';
import test from 'ava';
import { call, callSigned, signed } from '../testing/caller.ts';
import { accountOf, ALICE, startStillExchange } from '../testing/still-exchange.ts';

const ACCOUNT = { method: 'GET', path: '/api/v3/account' };
const headers = { 'X-MBX-APIKEY': ALICE.apiKey };

test('a signature counts in the query, in the body and over both', async (t) => {
  const { url } = await startStillExchange(t);
  const order = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=49000';
  const inBody = await callSigned(url, ALICE, { method: 'POST', path: '/api/v3/order', form: order });
  t.is(inBody.status, 200);
  const query = signed(order, ALICE.secret);
  t.is((await call(url, { method: 'POST', path: `/api/v3/order?${query}`, headers })).status, 200);

  const half = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC';
  const rest = `quantity=0.1&price=49000&timestamp=${Date.now()}`;
  const signature = createHmac('sha256', ALICE.secret).update(`${half}${rest}`).digest('hex');
  const path = `/api/v3/order?${half}`;
  t.is(
    (await call(url, { method: 'POST', path, form: `${rest}&signature=${signature}`, headers })).status,
    200,
  );
});

test('a wrong, missing or misplaced signature is refused', async (t) => {
  const { url } = await startStillExchange(t);
  const wrong = await call(url, { ...ACCOUNT, form: signed('', 'not-her-secret'), headers });
  t.is(wrong.status, 400);
  t.deepEqual(wrong.body, { code: -1022, msg: 'Signature for this request is not valid.' });
  const missing = await call(url, { ...ACCOUNT, form: `timestamp=${Date.now()}`, headers });
  t.like(missing.body, { code: -1102 });
  const form = signed('omitZeroBalances=true', ALICE.secret);
  const [first = '', ...others] = form.split('&').toReversed();
  const misplaced = await call(url, { ...ACCOUNT, form: [first, ...others].join('&'), headers });
  t.like(misplaced.body, { code: -1022 });
  for (const garbage of ['zz', '', 'é', 'a'.repeat(10_000)]) {
    const answer = await call(url, {
      ...ACCOUNT,
      form: `timestamp=1&signature=${encodeURIComponent(garbage)}`,
      headers,
    });
    t.is(answer.status, 400);
  }
});

test('a timestamp outside of the receive window or ahead of the clock is refused', async (t) => {
  const { url } = await startStillExchange(t);
  const at = async (timestamp: number, recvWindow = 5_000) =>
    (await call(url, { ...ACCOUNT, form: signed('', ALICE.secret, { timestamp, recvWindow }), headers }))
      .body;
  t.like(await at(Date.now() - 6_000), {
    code: -1021,
    msg: 'Timestamp for this request is outside of the recvWindow.',
  });
  t.like(await at(Date.now() + 5_000), {
    code: -1021,
    msg: "Timestamp for this request was 1000ms ahead of the server's time.",
  });
  t.like(await at(Date.now() - 6_000, 60_000), { canTrade: true });
  t.like(await at(Date.now(), 60_001), { code: -1131 });
});

test('a skewed server clock refuses what the right one would take', async (t) => {
  const { url, control } = await startStillExchange(t);
  control.skewClock(-10_000);
  t.like((await callSigned(url, ALICE, ACCOUNT)).body, { code: -1021 });
  const { serverTime } = (await call(url, { method: 'GET', path: '/api/v3/time' })).body as {
    serverTime: number;
  };
  t.true(serverTime < Date.now() - 5_000);
  control.clearFaults();
  t.is((await callSigned(url, ALICE, ACCOUNT)).status, 200);
});

test('a key serves only what it may, from where it may', async (t) => {
  const { url, control } = await startStillExchange(t);
  const readOnly = { apiKey: 'reads-only-0123456789', secret: 'reads-only-secret' };
  const bound = { apiKey: 'bound-to-an-address', secret: 'bound-secret' };
  control.openAccount(
    accountOf('reader', readOnly, { permissions: { read: true, trade: false, withdraw: false } }),
  );
  control.openAccount(accountOf('bound', bound, { ips: ['127.0.0.2'] }));
  const order = {
    method: 'POST',
    path: '/api/v3/order',
    form: 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=49000',
  };
  const refusal = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };

  t.is((await callSigned(url, readOnly, ACCOUNT)).status, 200);
  const trading = await callSigned(url, readOnly, order);
  t.is(trading.status, 401);
  t.deepEqual(trading.body, refusal);
  t.deepEqual((await callSigned(url, bound, ACCOUNT)).body, refusal);
  t.is((await callSigned(url, bound, { ...ACCOUNT, from: '127.0.0.2' })).status, 200);
  t.deepEqual((await callSigned(url, { ...ALICE, apiKey: 'nobodys-key-0123' }, ACCOUNT)).body, refusal);
  const badFormat = await callSigned(url, { ...ALICE, apiKey: '!' }, ACCOUNT);
  t.is(badFormat.status, 401);
  t.like(badFormat.body, { code: -2014, msg: 'API-key format invalid.' });
});
