import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Koa from 'koa';
import test, { type ExecutionContext } from 'ava';
import { listen, type ServerLimits } from './server.ts';

const HEAD = 'GET / HTTP/1.1\r\nHost: x\r\n';

async function serve(t: ExecutionContext, limits: Partial<ServerLimits>, body = 'hello') {
  const app = new Koa();
  app.use((ctx) => {
    ctx.body = body;
  });
  const { server, url, close } = await listen(app, { host: '127.0.0.1', port: 0, limits });
  t.teardown(() => close(0));
  return { server, open: () => open(t, Number(new URL(url).port)) };
}

/** A connection, and all that comes until the server closes it. */
async function open(t: ExecutionContext, port: number): Promise<{ socket: Socket; heard: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  const heard = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('close', () => resolve(text));
  });
  await once(socket, 'connect');
  return { socket, heard };
}

const QUICK = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20 };

test('A client that does not end its headers, or its body, is cut', async (t) => {
  const { open } = await serve(t, QUICK);
  const refused = /^(HTTP\/1\.1 200 OK[^]*)?HTTP\/1\.1 408 Request Timeout\r\n/;
  const silent = await open();
  t.regex(await silent.heard, refused);
  for (const text of [HEAD, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nslow']) {
    const { socket, heard } = await open();
    socket.write(text);
    // One more byte now and then does not keep it.
    const drip = setInterval(() => socket.write('X'), 10);
    t.regex(await heard, refused, text);
    clearInterval(drip);
  }
});

test('A client that does not take its answer is cut', async (t) => {
  const { open, server } = await serve(t, { idleTimeout: 100 }, 'x'.repeat(30_000_000));
  const { socket } = await open();
  const asked = once(server, 'request') as Promise<[{ socket: Socket }]>;
  socket.write(`${HEAD}\r\n`);
  const [request] = await asked;
  socket.pause();
  await once(request.socket, 'close');
  t.pass();
});

test('Of a flood of connections so many are kept as may be, and those are served', async (t) => {
  const { open, server } = await serve(t, { maxConnections: 5 });
  let dropped = 0;
  const all = new Promise<void>((resolve) => {
    server.on('drop', () => ++dropped === 15 && resolve());
  });
  const sockets = await Promise.all(Array.from({ length: 20 }, open));
  await all;
  const connections = await new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
  t.is(connections, 5);
  for (const { socket } of sockets) socket.write(`${HEAD}Connection: close\r\n\r\n`);
  const served = (await Promise.all(sockets.map(({ heard }) => heard))).filter((answer) =>
    answer.startsWith('HTTP/1.1 200 OK'),
  );
  t.is(served.length, 5);
  const next = await open();
  next.socket.write(`${HEAD}Connection: close\r\n\r\n`);
  t.regex(await next.heard, /^HTTP\/1\.1 200 OK/);
});

test('A connection is served as many requests as it may send', async (t) => {
  const { open } = await serve(t, { maxRequestsPerSocket: 3, keepAliveTimeout: 50 });
  const { socket, heard } = await open();
  socket.write(`${HEAD}\r\n`.repeat(4));
  t.deepEqual((await heard).match(/HTTP\/1\.1 \d+/g), [
    ...Array<string>(3).fill('HTTP/1.1 200'),
    'HTTP/1.1 503',
  ]);
});
