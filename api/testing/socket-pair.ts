import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Scope } from '../../runtime/testing/database.ts';

/** Both ends of a WebSocket; ours waits for the other's close for as long as it likes. */
export async function socketPair(t: Scope): Promise<{ ours: WebSocket; theirs: WebSocket }> {
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
