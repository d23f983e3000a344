import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { explain } from '../outages.ts';
import { CLOSE, type Closing } from './close.ts';
import { readJson } from './commands.ts';

/** Of one network at one process. */
const MOST_OF_NETWORK = 20;
const PATIENCE_MS = 10_000;

const authentication = z.object({ action: z.literal('auth'), token: z.string() });

/** The WebSockets that nobody has signed in on, counted by where they come from. */
export class Guests {
  readonly #counts = new Map<string, number>();
  readonly #networks = new Map<WebSocket, string>();

  /** Throws `rate_limited` where a network has as many open as it may. */
  requireRoom(network: string): void {
    if ((this.#counts.get(network) ?? 0) < MOST_OF_NETWORK) return;
    throw new ApiError(
      'rate_limited',
      'Too many WebSockets are open to you without a sign-in. Close one first.',
    );
  }

  /** Counts it until it is closed or released. */
  hold(socket: WebSocket, network: string): void {
    this.#networks.set(socket, network);
    this.#counts.set(network, (this.#counts.get(network) ?? 0) + 1);
    socket.on('close', () => this.release(socket));
  }

  release(socket: WebSocket): void {
    const network = this.#networks.get(socket);
    if (network === undefined) return;
    this.#networks.delete(socket);
    const left = (this.#counts.get(network) ?? 1) - 1;
    if (left > 0) this.#counts.set(network, left);
    else this.#counts.delete(network);
  }
}

/** Hands on the token of the first message; closes where none comes, or it is refused. What is said after it is heard after that. */
export function awaitToken(socket: WebSocket, admit: (token: string) => Promise<void>): void {
  const timer = setTimeout(() => refuse(CLOSE.silent), PATIENCE_MS);
  const said: RawData[] = [];
  let isFirst = true;
  const refuse = ([code, reason]: Closing): void => {
    socket.off('message', hear);
    said.length = 0;
    socket.close(code, reason);
  };
  const hear = (data: RawData): void => {
    // Frames go on coming while it is being closed.
    if (socket.readyState !== socket.OPEN) return;
    if (!isFirst) return void said.push(data);
    isFirst = false;
    clearTimeout(timer);
    const sent = authentication.safeParse(readJson(data));
    if (!sent.success) return refuse(CLOSE.unreadable);
    void admit(sent.data.token)
      .then(() => {
        socket.off('message', hear);
        for (const later of said) socket.emit('message', later, false);
      })
      .catch((error: unknown) => refuse(refusalOf(error)));
  };
  socket.on('message', hear);
  socket.once('close', () => clearTimeout(timer));
}

function refusalOf(error: unknown): Closing {
  const { status, code } = explain(error);
  if (status >= 500) return CLOSE.away;
  return code === 'rate_limited' ? CLOSE.tooMany : CLOSE.notSignedIn;
}
