import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A request to make a connection a WebSocket. Until it is taken it is answered like every other request. */
export interface Upgrade {
  socket: Socket;
  /** What the client has sent already. */
  head: Buffer;
  /** The connection is the caller's from now on; nothing is answered any more. */
  take(): void;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** The response that refuses it; the connection ends with it. */
export function responseTo(request: IncomingMessage, socket: Socket, head: Buffer): ServerResponse {
  // Node has let go of it: an error that nobody hears would end the process.
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  const end = (): void => void socket.end();
  response.on('finish', end);
  const take = (): void => {
    response.off('finish', end);
    response.detachSocket(socket);
    // Who waits for the end of the response would hold it, and the request, as long as the connection is open.
    response.emit('finish');
  };
  upgrades.set(request, { socket, head, take });
  return response;
}

/** Null for a request that asks for no WebSocket. */
export function upgradeOf(request: IncomingMessage): Upgrade | null {
  return upgrades.get(request) ?? null;
}
