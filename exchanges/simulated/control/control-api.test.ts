import test from 'ava';
import { TILL } from '../engine/state.ts';
import { call, callSigned } from '../testing/caller.ts';
import { CONTROL_TOKEN, rest, startStillExchange } from '../testing/still-exchange.ts';
import { startSimulatedExchange } from '../server.ts';

const headers = { authorization: `Bearer ${CONTROL_TOKEN}` };
const CAROL = { apiKey: 'carols-key-0123456789', secret: 'carols-secret' };
const ACCOUNT = {
  id: 'carol',
  keys: [{ key: CAROL.apiKey, secret: CAROL.secret }],
  balances: { USDT: '500' },
};

function post(url: string, path: string, body: unknown) {
  return call(url, { method: 'POST', path, form: JSON.stringify(body), headers });
}

test('the control API answers only who bears its token, and is not there without one', async (t) => {
  const { url } = await startStillExchange(t);
  const path = '/control/effects';
  t.is((await call(url, { method: 'GET', path, headers })).status, 200);
  t.is((await call(url, { method: 'GET', path })).status, 401);
  t.is((await call(url, { method: 'GET', path, headers: { authorization: 'Bearer wrong' } })).status, 401);
  const plain = await startSimulatedExchange({
    port: 0,
    feed: 'synthetic',
    seed: 1,
    symbols: ['BTCUSDT'],
    stateFile: null,
    controlToken: null,
    log: () => undefined,
  });
  t.teardown(() => plain.close());
  t.is(plain.control, null);
  t.is((await call(plain.url, { method: 'GET', path, headers })).status, 404);
});

test('an account is opened once', async (t) => {
  const { url } = await startStillExchange(t);
  t.is((await post(url, '/control/accounts', ACCOUNT)).status, 201);
  t.is((await post(url, '/control/accounts', { ...ACCOUNT, balances: { USDT: '9' } })).status, 200);
  const read = await callSigned(url, CAROL, { method: 'GET', path: '/api/v3/account' });
  t.like(read.body, {
    balances: [{ asset: 'USDT', free: '500.00000000', locked: '0.00000000' }],
    commissionRates: { maker: '0.00100000' },
  });
  const stolen = await post(url, '/control/accounts', { ...ACCOUNT, id: 'mallory' });
  t.is(stolen.status, 409);
});

test("an account that is closed is gone with its keys and its orders, and what it held is the house's", async (t) => {
  const { url, engine } = await startStillExchange(t);
  const close = (id: string) => call(url, { method: 'DELETE', path: `/control/accounts/${id}`, headers });
  await post(url, '/control/accounts', ACCOUNT);
  rest(engine, { side: 'BUY', price: '40000', quantity: '0.01' }, 'carol');
  t.is(engine.depth('BTCUSDT', 5).bids.length, 1);
  t.is((await call(url, { method: 'DELETE', path: '/control/accounts/carol' })).status, 401);
  t.is((await close('carol')).status, 200);
  t.deepEqual(engine.depth('BTCUSDT', 5).bids, []);
  const read = await callSigned(url, CAROL, { method: 'GET', path: '/api/v3/account' });
  t.is(read.status, 401);
  t.deepEqual(engine.balances(TILL), [{ asset: 'USDT', free: '500.00000000', locked: '0.00000000' }]);
  for (const none of ['carol', TILL, 'nobody']) t.is((await close(none)).status, 404);
  t.is((await post(url, '/control/accounts', { ...ACCOUNT, id: 'carol again' })).status, 201);
  t.is((await close('carol%20again')).status, 200);
});

test('faults, the clock and frozen prices are set and cleared', async (t) => {
  const { url, control } = await startStillExchange(t);
  t.is((await post(url, '/control/faults', { kind: 'timeout', times: 2 })).status, 201);
  t.is((await post(url, '/control/clock', { skewMs: 5_000 })).status, 200);
  t.is((await post(url, '/control/prices/freeze', {})).status, 200);
  t.like(control.faults(), [{ struck: 0, fault: { kind: 'timeout', times: 2 } }]);
  t.is((await call(url, { method: 'DELETE', path: '/control/faults', headers })).status, 200);
  t.deepEqual((await call(url, { method: 'GET', path: '/control/faults', headers })).body, []);
});

test('what makes no sense is refused with what to do about it', async (t) => {
  const { url } = await startStillExchange(t);
  const fault = await post(url, '/control/faults', { kind: 'earthquake' });
  t.is(fault.status, 422);
  t.is((await post(url, '/control/prices', { symbol: 'NOSUCH', price: '1' })).status, 422);
  t.is((await call(url, { method: 'POST', path: '/control/faults', form: '{', headers })).status, 400);
  t.is((await call(url, { method: 'GET', path: '/control/nothing', headers })).status, 404);
});

test('a fault that is none is told where it is wrong', async (t) => {
  const { url } = await startStillExchange(t);
  const told = async (fault: object) =>
    ((await post(url, '/control/faults', fault)).body as { error: string }).error;
  t.regex(await told({ kind: 'earthquake' }), /one of lost_answer, .*dropped_socket\n.*at kind/s);
  t.regex(await told({}), /one of lost_answer, .*at kind/s);
  t.regex(await told({ kind: 'delay' }), /at ms/);
  t.regex(await told({ kind: 'dropped_socket', times: 0 }), /at times/);
});

test('a price of nothing, and a name with what nobody can read, are refused', async (t) => {
  const { url, engine } = await startStillExchange(t);
  for (const price of ['0', '0.00'])
    t.is((await post(url, '/control/prices', { symbol: 'BTCUSDT', price })).status, 422);
  t.is(engine.lastPrice('BTCUSDT'), '50000.00000000');
  const answer = await post(url, '/control/accounts', { ...ACCOUNT, id: 'car\0ol' });
  t.is(answer.status, 422);
  t.regex((answer.body as { error: string }).error, /without control characters\n.*at id/s);
});

test('prices move by trades through the book, and stand still when frozen', async (t) => {
  const exchange = await startSimulatedExchange({
    port: 0,
    feed: 'synthetic',
    seed: 1,
    symbols: ['BTCUSDT'],
    stateFile: null,
    controlToken: CONTROL_TOKEN,
    log: () => undefined,
  });
  t.teardown(() => exchange.close());
  const { url } = exchange;
  const price = async () =>
    (
      (await call(url, { method: 'GET', path: '/api/v3/ticker/price?symbol=BTCUSDT' })).body as {
        price: string;
      }
    ).price;
  await post(url, '/control/prices/freeze', {});
  t.is((await post(url, '/control/prices', { symbol: 'BTCUSDT', price: '61000' })).status, 200);
  t.is(await price(), '61000.00000000');
  const { tradeId } = exchange.engine.trades('BTCUSDT', 1).at(-1) ?? { tradeId: 0 };
  await post(url, '/control/prices/unfreeze', {});
  while (exchange.engine.trades('BTCUSDT', 1).at(-1)?.tradeId === tradeId) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.pass();
});
