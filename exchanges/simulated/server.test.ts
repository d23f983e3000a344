import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { WebSocket } from 'ws';
import { call, callSigned } from './testing/caller.ts';
import { ALICE, rest, startStillExchange, type StillExchange } from './testing/still-exchange.ts';

const ORDER = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=49000';

async function isAlive({ url }: StillExchange): Promise<boolean> {
  return (await call(url, { method: 'GET', path: '/api/v3/ping' })).status === 200;
}

test('orders, fills and balances survive a restart', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const stateFile = join(folder, 'state.jsonl');
  const get = async ({ url }: StillExchange, path: string, form = '') =>
    (await callSigned(url, ALICE, { method: 'GET', path, form })).body;
  const facts = async (exchange: StillExchange) => [
    await get(exchange, '/api/v3/openOrders', 'symbol=BTCUSDT'),
    await get(exchange, '/api/v3/allOrders', 'symbol=BTCUSDT'),
    await get(exchange, '/api/v3/myTrades', 'symbol=BTCUSDT'),
    ((await get(exchange, '/api/v3/account')) as { balances: unknown }).balances,
  ];

  const first = await startStillExchange(t, { stateFile });
  const path = '/api/v3/order';
  await callSigned(first.url, ALICE, { method: 'POST', path, form: `${ORDER}&newClientOrderId=kept` });
  rest(first.engine, { side: 'SELL', price: '49000', quantity: '0.04' });
  const before = await facts(first);
  await first.close();

  const second = await startStillExchange(t, { stateFile });
  t.deepEqual(await facts(second), before);
  const again = await callSigned(second.url, ALICE, {
    method: 'POST',
    path,
    form: `${ORDER}&newClientOrderId=kept`,
  });
  t.like(again.body, { code: -2010, msg: 'Duplicate order sent.' });
});

test('a port that is taken is an error that names it', async (t) => {
  const { port } = await startStillExchange(t);
  await t.throwsAsync(startStillExchange(t, { port }), { code: 'EADDRINUSE' });
});

test('no request that is malformed ends the process', async (t) => {
  const exchange = await startStillExchange(t);
  const raw = [
    'GARBAGE\r\n\r\n',
    'GET /api/v3/%E0%A4%A?x=%zz HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET // HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /control/../../etc HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc',
    'GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
  ];
  for (const text of raw) {
    const socket = connect(exchange.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(text);
    await once(socket, 'close');
  }
  t.true(await isAlive(exchange));
});

test('a body beyond 64 KiB is refused', async (t) => {
  const { url } = await startStillExchange(t);
  const answer = await call(url, { method: 'POST', path: '/api/v3/order', form: `a=${'x'.repeat(70_000)}` });
  t.is(answer.status, 413);
});

test('frames that are no requests are answered, and those too large or too many close the connection', async (t) => {
  const exchange = await startStillExchange(t);
  const open = async (path: string) => {
    const socket = new WebSocket(`${exchange.url.replace('http', 'ws')}${path}`);
    t.teardown(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  };
  const ask = async (socket: WebSocket, text: string) => {
    socket.send(text);
    const [data] = (await once(socket, 'message')) as [Buffer];
    return JSON.parse(data.toString()) as { status?: number; error?: object };
  };

  const api = await open('/ws-api/v3');
  for (const text of [
    '{',
    '[]',
    'null',
    '{"id":1}',
    '{"id":1,"method":"toString"}',
    '{"method":"ping","params":[]}',
  ]) {
    t.is((await ask(api, text)).status, 400, text);
  }
  t.is((await ask(api, '{"id":2,"method":"ping"}')).status, 200);
  const markets = await open('/ws');
  for (const text of ['{', '{"method":"DANCE","id":1}', '{"method":"SUBSCRIBE","params":"x","id":2}']) {
    t.truthy((await ask(markets, text)).error, text);
  }

  for (const socket of [api, await open('/ws')]) {
    socket.on('error', () => undefined);
    socket.send('x'.repeat(100_000));
    await once(socket, 'close');
  }
  const hasty = await open('/stream');
  for (let n = 0; n < 12; n += 1) hasty.send('{"method":"LIST_SUBSCRIPTIONS","id":1}');
  await once(hasty, 'close');
  t.true(await isAlive(exchange));
});

test('streams are served by address, bare and combined', async (t) => {
  const exchange = await startStillExchange(t);
  const base = exchange.url.replace('http', 'ws');
  const heard = (path: string) => {
    const socket = new WebSocket(`${base}${path}`);
    t.teardown(() => socket.terminate());
    return once(socket, 'message').then(([data]) => JSON.parse(String(data)) as unknown);
  };
  const both = Promise.all([
    heard('/ws/btcusdt@bookTicker'),
    heard('/stream?streams=btcusdt@aggTrade/btcusdt@trade'),
  ]);
  const timer = setInterval(() => {
    rest(exchange.engine, { side: 'SELL', price: '50000', quantity: '0.01' });
    rest(exchange.engine, { side: 'BUY', price: '40000', quantity: '0.01' });
    exchange.engine.submit('alice', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      timeInForce: 'GTC',
      clientOrderId: `taker-${Math.random()}`,
      quantity: '0.01',
      quoteQuantity: null,
      price: null,
      stopPrice: null,
    });
  }, 30);
  const [bare, combined] = await both;
  clearInterval(timer);
  t.like(bare, { s: 'BTCUSDT' });
  t.like(combined, {
    stream: 'btcusdt@aggTrade',
    data: { e: 'aggTrade', s: 'BTCUSDT', p: '50000.00000000' },
  });
});

test('every candle is told once it has closed, without a gap', async (t) => {
  const exchange = await startStillExchange(t);
  const socket = new WebSocket(`${exchange.url.replace('http', 'ws')}/ws/btcusdt@kline_1s`);
  t.teardown(() => socket.terminate());
  const closed: number[] = [];
  while (closed.length < 3) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    const { k } = JSON.parse(data.toString()) as { k: { t: number; T: number; x: boolean; c: string } };
    t.is(k.c, '50000.00000000');
    t.is(k.T, k.t + 999);
    if (k.x) closed.push(k.t);
  }
  const [first = 0] = closed;
  t.deepEqual(closed, [first, first + 1_000, first + 2_000]);
});

test('a candle names its first and its last trade', async (t) => {
  const exchange = await startStillExchange(t);
  const { engine } = exchange;
  const socket = new WebSocket(`${exchange.url.replace('http', 'ws')}/ws/btcusdt@kline_1s`);
  t.teardown(() => socket.terminate());
  const told: { x: boolean; n: number; f: number; L: number }[] = [];
  socket.on('message', (data: Buffer) =>
    told.push((JSON.parse(data.toString()) as { k: (typeof told)[0] }).k),
  );
  await once(socket, 'message');
  t.like(told[0], { n: 0, f: -1, L: -1 });
  for (let n = 0; n < 3; n += 1) {
    rest(engine, { price: '50000', quantity: '0.1' });
    rest(engine, { side: 'BUY', price: '50000', quantity: '0.1' }, 'alice');
  }
  const [first, , last] = engine.trades('BTCUSDT', 3).map(({ tradeId }) => tradeId);
  while (!told.some(({ x, L }) => x && L === last)) await once(socket, 'message');
  const traded = told.filter(({ x, n }) => x && n > 0);
  t.is(traded[0]?.f, first);
  for (const { f, L, n } of traded) t.is(L - f + 1, n);
});
