import type { BotStatus, StopMode } from '../bots/lifecycle.ts';
import type { Amount } from '../bots/money.ts';
import type { Intent, OrderStatus, PlaceIntent } from '../bots/orders.ts';
import type { Position } from '../bots/position.ts';
import type { Reason, ReasonCode } from '../bots/strategy.ts';
import type { BotChange, VenueFailure } from '../workflows/messages.ts';

/** What a bot's workflow needs to know of its row when it begins. */
export interface BotRecord {
  status: BotStatus;
  exchange: string;
  symbol: string;
  strategy: string;
  /** The highest sequence any of the bot's orders ever had. */
  sequence: number;
  /** The highest turn any activity of the bot ever wrote with. */
  turn: number;
  /** Of the newest status the row was told. */
  statusVersion: number;
  /** Intents without an outcome. */
  unresolved: string[];
  position: Position;
}

export interface Observation {
  /** Own orders that changed on the venue and are to be recorded. */
  changed: string[];
  /** Cancels first. */
  intents: Intent[];
  reasons: Reason[];
  price: Amount | null;
  /** The bot has done what it was made for. */
  done: boolean;
  /** Nothing but a person's change will help. */
  halt: { code: string; message: string } | null;
  /** Epoch ms. */
  at: number;
}

export interface ObserveInput {
  botId: string;
  /** Fences what the watch writes. */
  turn: number;
  /** End the running cycle and open none. */
  finishing: boolean;
  /** Our record must be compared with the venue before anything is decided: an order's fate was asked for. */
  compare: boolean;
  /** What the workflow knows of the reasons, and since when: it is told of others, but not often. */
  lastReason: ReasonCode | null;
  reasonsAt: number;
}

export interface PlaceInput {
  botId: string;
  clientOrderId: string;
  sequence: number;
  intent: PlaceIntent;
}

export type PlaceOutcome =
  | { outcome: 'accepted'; status: OrderStatus; filled: Amount }
  | { outcome: 'refused'; failure: VenueFailure }
  | { outcome: 'unknown' }
  /** A kill switch, or the bot's row, forbids it: nothing was committed, nothing sent. */
  | { outcome: 'fenced'; reason: string };

export interface Recorded {
  position: Position;
  status: OrderStatus;
  /** How many fills were new. */
  fills: number;
}

/** The command that a change carries out, for the audit log. */
export interface CarriedOut {
  name: 'start' | 'stop' | 'pause' | 'resume';
  /** The user whose word it is, by id; null where that is not known. */
  by: string | null;
  /** Of a stop. */
  mode: StopMode | null;
}

export interface StatusChange {
  botId: string;
  /** Grows with every status the workflow tells: an older word does not overwrite a newer one. */
  version: number;
  /** The command that asks for it; null where the bot itself does. A command carried out again is not logged again. */
  commandId: string | null;
  /** Goes with `commandId`; absent where an older version has asked. */
  carriedOut?: CarriedOut | null;
  status: BotStatus;
  finishing: boolean;
  /** What is written to the activity log; null where nothing changed for people. */
  log: { level: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR'; message: string } | null;
  error: string | null;
}

export interface StatusTold {
  /** False where the row holds another word of this version or a newer one: the change has had no effect. */
  stands: boolean;
  /** The row's version now. */
  version: number;
}

export interface ConfigureInput {
  botId: string;
  commandId: string;
  /** The user whose word it is, by id; absent where that is not known. */
  by?: string | undefined;
  change: BotChange;
}

/** Quick writes and reads of the bot's own rows. */
export interface LedgerActivities {
  /** Reads the bot's row when its workflow begins. Fails with `BotGone`. */
  load(input: { botId: string }): Promise<BotRecord>;
  /**
   * For a `place` that ended without an answer: where it never committed its intent, a tombstone keeps it from ever doing so,
   * and the order is known to be absent at once.
   */
  entomb(input: { botId: string; clientOrderId: string }): Promise<'absent' | 'unknown'>;
  /** May be repeated; a command that was carried out before is not logged again. */
  setStatus(change: StatusChange): Promise<StatusTold>;
  /**
   * The same for a start, once it is checked, without waiting for a venue that does not answer, that the bot can trade at
   * all; where it cannot nothing is changed and `failure` says why.
   */
  start(change: StatusChange): Promise<StatusTold & { failure: VenueFailure | null }>;
  /**
   * Fails with `CommandRefused` where ticker, exchange, account or first order would change while the bot holds something,
   * has an order that is not final, or one whose outcome is unknown. A command carried out before changes nothing.
   */
  configure(input: ConfigureInput): Promise<BotRecord>;
  /** Deletes the bot's row; its logs stay. Fails with `CommandRefused` while an order of the bot may still be on a venue. */
  erase(input: { botId: string; by?: string | undefined }): Promise<void>;
}

/** Everything that talks to a venue. */
export interface TradingActivities {
  /** Commits the intent, looks its id up, sends it once. One attempt only: a failure says nothing of what was sent. */
  place(input: PlaceInput): Promise<PlaceOutcome>;
  /** Takes an order back; may be repeated. */
  cancel(input: { botId: string; clientOrderId: string }): Promise<void>;
  /** Asks the venue until it is certain whether the order exists; never sends. */
  resolve(input: { botId: string; clientOrderId: string }): Promise<'ACCEPTED' | 'ABSENT' | 'REFUSED'>;
  /** Reads an order and its fills from the venue and writes them, all in one transaction. */
  record(input: { botId: string; clientOrderId: string; turn: number }): Promise<Recorded>;
  /** Own resting orders, ours by id even where our record of them is lost, and the close of what is held. */
  windDown(input: {
    botId: string;
    mode: StopMode;
  }): Promise<{ cancel: string[]; close: PlaceIntent | null }>;
}

export interface WatchActivities {
  /** Watches market and account until there is something to do; heartbeats; cancelled by commands. */
  observe(input: ObserveInput): Promise<Observation>;
}
