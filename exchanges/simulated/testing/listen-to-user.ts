import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import { WebSocket } from 'ws';
import { createHmac } from 'node:crypto';

/** One account's user data stream, as heard so far. */
export interface UserEvents {
  events: Record<string, unknown>[];
  /** Resolves when the connection ends. */
  closed: Promise<unknown>;
}

/** Subscribes to the user data stream of a key over the WebSocket API. */
export async function listenToUser(
  t: ExecutionContext,
  { url }: { url: string },
  { apiKey, secret }: { apiKey: string; secret: string },
): Promise<UserEvents> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws-api/v3`);
  t.teardown(() => socket.terminate());
  await once(socket, 'open');
  const timestamp = Date.now();
  const signature = createHmac('sha256', secret)
    .update(`apiKey=${apiKey}&timestamp=${timestamp}`)
    .digest('hex');
  const params = { apiKey, timestamp, signature };
  socket.send(JSON.stringify({ id: 1, method: 'userDataStream.subscribe.signature', params }));
  const [answer] = await once(socket, 'message');
  t.like(JSON.parse(String(answer)), { status: 200, result: { subscriptionId: 0 } });
  const events: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => {
    const { event } = JSON.parse(data.toString()) as { event: Record<string, unknown> };
    events.push(event);
  });
  return { events, closed: once(socket, 'close') };
}
