/** What a WebSocket is told. All three contracts have this form; their words for `type` and `data` are their own. */
export interface Message {
  type: string;
  /** Where to go on after a reconnect; only with what is told once for ever. */
  cursor?: number;
  bot_id?: string | null;
  data: unknown;
  timestamp: string;
}

/** What is to be sent, written once for all who are sent it. */
export interface Outgoing {
  text: string;
  /** The place of the event it tells; null for what is told again and again, of which the newest counts. */
  cursor: number | null;
  /** Whose the message is about; null for none. */
  botId: string | null;
  /** Of those with one key the newest alone waits. */
  key: string | null;
}

/** Something of the hub itself: it waits like the others and has no place. */
export function notice(type: string, fields: Omit<Message, 'type' | 'timestamp'>, now: Date): string {
  return JSON.stringify({ type, ...fields, timestamp: now.toISOString() });
}
