import type { PlacedEvent } from '../../../db/event-stream.ts';
import type { BotRow } from '../../../db/rows.ts';

/** How a contract tells of events over its WebSocket. */
export interface Form {
  /** Of the contract; the label of its figures. */
  name: 'trading' | 'bots' | 'scalper';
  /** Whether events of that type need the row of their bot to be told. */
  needsBot(type: string): boolean;
  /** Null for what the contract does not tell of. `bot` is the row as it stands; undefined where it is deleted, or not needed. */
  present(event: PlacedEvent, bot: BotRow | undefined): Told | null;
  /** Whether prices and sessions are told as they change, too. */
  /** Whether it tells the lines of the log, which are most events there are. */
  tellsLogs: boolean;
  tellsSessions: boolean;
}

/** The part of a message that differs from contract to contract. */
export interface Told {
  type: string;
  data: unknown;
}
