import type { WebSocket } from 'ws';
import type { Outgoing } from './message.ts';

/** What waits for one client: at most `size` messages, and no more than this many bytes in the socket's own buffer. */
const MOST_BUFFERED = 65_536;

export interface OutboxOptions {
  size: number;
  /** What tells a client that it has missed messages: how many, and after which place. */
  missed: (count: number, after: number) => string;
  onSent: () => void;
  onDropped: () => void;
}

/** Sends what it is given in order, the next when the one before has left; where too many wait, the oldest goes. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #options: OutboxOptions;
  #waiting: Outgoing[] = [];
  #dropped = 0;
  #sentTo: number;
  #waitingSince: number | null = null;
  #onDrained: (() => void) | null = null;

  constructor(socket: WebSocket, cursor: number, options: OutboxOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#sentTo = cursor;
  }

  /** The keys of what went without a word: how that stands now is still to be told. */
  readonly lost = new Set<string>();

  put(message: Outgoing): void {
    if (message.key !== null) this.lost.delete(message.key);
    const same = message.key === null ? -1 : this.#waiting.findIndex(({ key }) => key === message.key);
    if (same >= 0) this.#waiting[same] = message;
    else if (this.#waiting.length < this.#options.size) this.#waiting.push(message);
    // What is told again and again makes room for what is told once.
    else if (message.key === null) this.#makeRoomFor(message);
    else this.lost.add(message.key);
    this.#send();
  }

  #makeRoomFor(message: Outgoing): void {
    const passing = this.#waiting.findIndex(({ key }) => key !== null);
    const [gone] = this.#waiting.splice(Math.max(0, passing), 1);
    if (gone?.key === null) {
      this.#dropped++;
      this.#options.onDropped();
    } else if (gone) this.lost.add(gone.key!);
    this.#waiting.push(message);
  }

  /** Resolves when nothing waits any more, or the socket is closed. */
  drained(): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  /** How long something has been waiting without a moment in which nothing did, ms. */
  waitingMs(): number {
    return this.#waitingSince === null ? 0 : performance.now() - this.#waitingSince;
  }

  #isEmpty(): boolean {
    return (
      this.#socket.readyState !== this.#socket.OPEN ||
      (this.#waiting.length === 0 && this.#socket.bufferedAmount < MOST_BUFFERED)
    );
  }

  /** The callback of each message comes when it has been given to the network. */
  readonly #onLeft = (): void => this.#send();

  #send(): void {
    const socket = this.#socket;
    while (this.#waiting.length > 0 && socket.readyState === socket.OPEN) {
      if (socket.bufferedAmount >= MOST_BUFFERED) {
        this.#waitingSince ??= performance.now();
        return;
      }
      if (this.#dropped > 0) {
        socket.send(this.#options.missed(this.#dropped, this.#sentTo), this.#onLeft);
        this.#dropped = 0;
        continue;
      }
      const message = this.#waiting.shift()!;
      this.#sentTo = message.cursor ?? this.#sentTo;
      socket.send(message.text, this.#onLeft);
      this.#options.onSent();
    }
    this.#waitingSince = null;
    if (this.#isEmpty()) {
      this.#onDrained?.();
      this.#onDrained = null;
    }
  }

  /** For whoever waits until it is drained: nothing will leave any more. */
  end(): void {
    this.#waiting = [];
    this.#onDrained?.();
    this.#onDrained = null;
  }
}
