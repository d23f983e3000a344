import type { WebSocket } from 'ws';
import { CLOSE } from './close.ts';

/** What one WebSocket may say in a window, pings and pongs among it: we ask for no more than one pong a second. */
const MOST_FRAMES = 30;
const WINDOW_MS = 10_000;

/** Closes a WebSocket that says more than it has reason to, and cuts one that goes on when it is being closed. */
export function limitTalk(socket: WebSocket): void {
  let window = { from: -WINDOW_MS, frames: 0 };
  const count = (): void => {
    const at = performance.now();
    if (at - window.from >= WINDOW_MS) window = { from: at, frames: 0 };
    if (++window.frames <= MOST_FRAMES) return;
    if (socket.readyState !== socket.OPEN) return socket.terminate();
    // What was on its way already is let by: who is cut does not learn why.
    window.frames = 0;
    socket.close(...CLOSE.tooMuchSaid);
  };
  socket.on('message', count);
  socket.on('ping', count);
  socket.on('pong', count);
}
