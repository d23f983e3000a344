import { type RawData, WebSocket } from 'ws';

/** A client that reads slower than it is told is cut off before it fills the memory. */
const MOST_BUFFERED = 4 * 1024 * 1024;

export function sendText(socket: WebSocket, text: string): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > MOST_BUFFERED) socket.terminate();
  else socket.send(text);
}

/** What came in one frame, as text. */
export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
