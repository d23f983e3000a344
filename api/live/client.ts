import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { OwnedBy } from '../../db/bots.ts';
import type { SessionRights } from '../../db/sessions.ts';
import type { Closing } from './close.ts';
import type { Form } from './forms/form.ts';
import type { Outgoing } from './message.ts';
import type { Outbox } from './outbox.ts';

/** Whom a WebSocket is open for. */
export interface Listener {
  /** Whose events it is told. */
  rows: OwnedBy;
  /** With what it was opened; null while nobody has to sign in. */
  session: ({ id: string; userId: string } & SessionRights) | null;
  /** When the access token that opened it runs out; null for a ticket: that one lasts as long as the session. */
  expiresAt: Date | null;
}

/** An open WebSocket. */
export class Client {
  readonly socket: WebSocket;
  readonly form: Form;
  readonly listener: Listener;
  readonly outbox: Outbox;
  /** Up to which place its user's events have been handed to it. */
  cursor: number;
  /** Whether events reach it as they come. Until then it reads what it has missed. */
  isLive = false;
  /** Whether something has come for it while it was not live. */
  isBehind = false;
  /** Whether it has been told how its bots' sessions are. */
  knowsSessions = false;
  #asked: string[] = [];
  #bots: ReadonlySet<string> | null = null;

  constructor(socket: WebSocket, form: Form, listener: Listener, cursor: number, outbox: Outbox) {
    this.socket = socket;
    this.form = form;
    this.listener = listener;
    this.cursor = cursor;
    this.outbox = outbox;
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** From now on it is told of these bots alone; what it has been told stays. */
  subscribe(botIds: readonly string[]): void {
    this.#bots = new Set(botIds);
  }

  /** Hands it a message, unless it has had it, or has not asked for that bot. */
  tell(message: Outgoing): void {
    if (message.cursor !== null) {
      if (message.cursor <= this.cursor) return;
      this.cursor = message.cursor;
    }
    if (this.#bots && !(message.botId !== null && this.#bots.has(message.botId))) return;
    this.outbox.put(message);
  }

  /** Asks whether it is there; only who reads what it is sent knows the answer. */
  ping(): void {
    const question = randomUUID();
    this.#asked.push(question);
    this.socket.ping(question);
  }

  /** A pong with the data of a ping answers that one and those before it. */
  hearPong(data: Buffer): void {
    this.#asked.splice(0, this.#asked.indexOf(data.toString()) + 1);
  }

  get unansweredPings(): number {
    return this.#asked.length;
  }

  close([code, reason]: Closing): void {
    this.socket.close(code, reason);
  }
}
