import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../../runtime/testing/stack.ts';
import { awaitToken } from './guests.ts';
import { limitTalk } from './limit-talk.ts';

/** Both ends of a WebSocket; ours waits for the other's close for as long as it likes. */
async function pair(t: ExecutionContext) {
  const server = new WebSocketServer({ ...{ port: 0, host: '127.0.0.1', closeTimeout: 3_600_000 } });
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const theirs = new WebSocket(`ws://127.0.0.1:${port}`);
  const [[ours]] = (await Promise.all([once(server, 'connection'), once(theirs, 'open')])) as [
    [WebSocket],
    [],
  ];
  t.teardown(() => theirs.terminate());
  t.teardown(() => ours.terminate());
  return { ours, theirs };
}

test('Nothing is kept of what a guest says after it was refused', async (t) => {
  for (const first of ['no JSON', JSON.stringify({ action: 'auth', token: 'x' })]) {
    const { ours, theirs } = await pair(t);
    awaitToken(ours, () => Promise.reject(new Error('refused')));
    theirs.send(first);
    theirs.send('more');
    // It neither reads nor answers.
    theirs.pause();
    await until('it to be refused', () => ours.readyState === ours.CLOSING);
    t.is(ours.listenerCount('message'), 0);
  }
});

test('Who goes on talking while a WebSocket is closed is cut', async (t) => {
  const { ours, theirs } = await pair(t);
  limitTalk(ours);
  theirs.pause();
  for (let n = 0; n < 31; n++) theirs.send('{}');
  await until('it to be closed', () => ours.readyState === ours.CLOSING);
  for (let n = 0; n < 31; n++) theirs.send('{}');
  await until('it to be cut', () => ours.readyState === ours.CLOSED, { patienceMs: 20_000 });
  t.pass();
});
