import test from 'ava';
import { call, callSigned } from '../testing/caller.ts';
import { listenToUser } from '../testing/listen-to-user.ts';
import { ALICE, rest, startStillExchange, type StillExchange } from '../testing/still-exchange.ts';
import type { FaultInput } from './faults.ts';

function placer({ url }: StillExchange, clientOrderId: string) {
  return () =>
    callSigned(url, ALICE, {
      method: 'POST',
      path: '/api/v3/order',
      form: `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=49000&newClientOrderId=${clientOrderId}`,
    });
}

function accepted({ control }: StillExchange, clientOrderId: string): number {
  return control.effects('alice').accounts['alice']?.[clientOrderId]?.length ?? 0;
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('an answer is lost after the order was accepted', async (t) => {
  const exchange = await startStillExchange(t);
  exchange.control.addFault({
    kind: 'lost_answer',
    match: { path: '/api/v3/order', method: 'POST' },
    times: 1,
  });
  await t.throwsAsync(placer(exchange, 'lost-1')());
  t.is(accepted(exchange, 'lost-1'), 1);
  t.is((await placer(exchange, 'lost-2')()).status, 200, 'once means once');
});

test('a lost answer waits for an order that is accepted', async (t) => {
  const exchange = await startStillExchange(t);
  rest(exchange.engine, {});
  exchange.control.addFault({ kind: 'lost_answer', match: { account: 'alice', method: 'POST' }, times: 1 });
  const place = placer(exchange, 'twice');
  await t.throwsAsync(place());
  exchange.control.addFault({ kind: 'lost_answer', times: 1, match: { method: 'POST' } });
  t.like((await place()).body, { code: -2010, msg: 'Duplicate order sent.' });
  t.is(accepted(exchange, 'twice'), 1);
  t.deepEqual(
    exchange.control.faults().map(({ struck }) => struck),
    [1, 0],
  );
});

test('an order is accepted after its caller has given up', async (t) => {
  const exchange = await startStillExchange(t);
  exchange.control.addFault({ kind: 'delayed_acceptance', ms: 100, times: 1 });
  const answer = await placer(exchange, 'late-1')();
  t.is(answer.status, 504);
  t.like(answer.body, { code: -1007 });
  await until(() => accepted(exchange, 'late-1') === 1);
  const [asked] = exchange.control.requests(0);
  const [order] = exchange.engine.openOrders('alice', 'BTCUSDT');
  t.true(order!.createdAt > asked!.at);

  exchange.control.addFault({ kind: 'delayed_acceptance', ms: 100, answer: 'drop', times: 1 });
  await t.throwsAsync(placer(exchange, 'late-2')());
  await until(() => accepted(exchange, 'late-2') === 1);
});

const ANSWERS: [fault: FaultInput, status: number, accepted: number][] = [
  [{ kind: 'timeout' }, 504, 0],
  [{ kind: 'timeout', effect: true }, 504, 1],
  [{ kind: 'status', status: 503 }, 503, 0],
  [{ kind: 'status', status: 500, effect: true }, 500, 1],
  [{ kind: 'malformed_json' }, 200, 1],
  [{ kind: 'malformed_json', effect: false }, 200, 0],
  [{ kind: 'rate_limited', retryAfterSeconds: 7 }, 429, 0],
  [{ kind: 'too_many_orders' }, 429, 0],
  [{ kind: 'banned', ms: 60_000 }, 418, 0],
  [{ kind: 'delay', ms: 20 }, 200, 1],
];

for (const [fault, status, orders] of ANSWERS) {
  test(`${JSON.stringify(fault)} answers ${status} and has ${orders} effect`, async (t) => {
    const exchange = await startStillExchange(t);
    exchange.control.addFault(fault);
    const answer = await placer(exchange, 'faulty')();
    t.is(answer.status, status);
    t.is(accepted(exchange, 'faulty'), orders);
    if (fault.kind === 'malformed_json') t.is(answer.body, null);
    if (fault.kind === 'rate_limited') t.is(answer.headers['retry-after'], '7');
    if (fault.kind === 'banned') t.is(answer.headers['retry-after'], '60');
  });
}

test('a fault strikes only what it matches', async (t) => {
  const exchange = await startStillExchange(t);
  exchange.control.addFault({ kind: 'timeout', match: { clientOrderIdPrefix: 'bad-' } });
  t.is((await placer(exchange, 'good-1')()).status, 200);
  t.is((await placer(exchange, 'bad-1')()).status, 504);
  t.is((await call(exchange.url, { method: 'GET', path: '/api/v3/ping' })).status, 200);
  exchange.control.clearFaults();
  t.is((await placer(exchange, 'bad-2')()).status, 200);
});

test('the same seed strikes the same requests', async (t) => {
  const struck = async (seed: number) => {
    const exchange = await startStillExchange(t);
    exchange.control.addFault({ kind: 'timeout', probability: 0.5, seed });
    const answers = [];
    for (let n = 0; n < 20; n += 1) answers.push((await placer(exchange, `n-${n}`)()).status);
    return answers;
  };
  const first = await struck(7);
  t.true(first.includes(200) && first.includes(504));
  t.deepEqual(await struck(7), first);
  t.notDeepEqual(await struck(8), first);
});

test('events of the user stream come twice, late, never, or cut the socket', async (t) => {
  const exchange = await startStillExchange(t);
  const user = await listenToUser(t, exchange, ALICE);
  const seen = () =>
    user.events.filter(({ e }) => e === 'executionReport').map(({ c, x }) => `${String(c)} ${String(x)}`);
  const arm = (fault: FaultInput) => {
    exchange.control.clearFaults();
    exchange.control.addFault(fault);
  };
  const match = { path: 'executionReport' };

  arm({ kind: 'duplicate_events', match, times: 1 });
  await placer(exchange, 'a')();
  await until(() => seen().length === 2);
  t.deepEqual(seen(), ['a NEW', 'a NEW']);

  arm({ kind: 'withheld_events', match, times: 1 });
  await placer(exchange, 'b')();
  await placer(exchange, 'c')();
  await until(() => seen().includes('c NEW'));
  t.false(seen().includes('b NEW'));

  arm({ kind: 'out_of_order_events', match, times: 1 });
  const before = user.events.length;
  await placer(exchange, 'd')();
  await until(() => seen().includes('d NEW'));
  t.deepEqual(
    user.events.slice(before).map(({ e }) => e),
    ['outboundAccountPosition', 'executionReport'],
  );

  arm({ kind: 'dropped_socket', match, times: 1 });
  await placer(exchange, 'e')();
  await user.closed;
  t.is(accepted(exchange, 'e'), 1);
});

test('one client order id with two orders is reported as doubled', async (t) => {
  const exchange = await startStillExchange(t);
  const place = placer(exchange, 'again');
  await place();
  const cancel = { method: 'DELETE', path: '/api/v3/order', form: 'symbol=BTCUSDT&origClientOrderId=again' };
  await callSigned(exchange.url, ALICE, cancel);
  t.deepEqual(exchange.control.effects('alice').doubled, []);
  await place();
  rest(exchange.engine, { side: 'SELL', price: '49000', quantity: '0.04' });
  const { doubled, ordersAccepted, fills, executedQuantity } = exchange.control.effects('alice');
  t.deepEqual(doubled, [{ account: 'alice', clientOrderId: 'again', accepted: 2 }]);
  t.deepEqual([ordersAccepted, fills, executedQuantity], [2, 1, { BTCUSDT: '0.04' }]);
});
