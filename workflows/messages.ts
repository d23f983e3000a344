import type { BotStatus, CommandName, StopMode } from '../bots/lifecycle.ts';
import type { Amount } from '../bots/money.ts';
import type { Side } from '../bots/orders.ts';
import type { Position } from '../bots/position.ts';
import type { Reason } from '../bots/strategy.ts';

export * from './withdrawal-messages.ts';

/** Workflow types, message names and queues: the only thing a door needs to know of a workflow. */
export const BOT_WORKFLOW = 'bot';

export const botWorkflowId = (botId: string): string => `bot/${botId}`;

/** Task queues, by the resource they protect. */
export const QUEUES = {
  /** Workflow tasks. */
  bots: 'bots',
  /** Long-running `observe`: one slot a watching bot. */
  watch: 'watch',
  /** Sweeps, retention. */
  background: 'background',
  /** What needs the keys that move the fund's money; served where they are configured only. */
  treasury: 'treasury',
  /** Orders to one venue. */
  trade: (exchange: string): string => `trade-${exchange.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
} as const;

/** The long-running activity by which a bot watches its market. */
export const WATCH_ACTIVITY = 'observe';

/** Signals: idempotent by command id, fire and forget; they work while workers are down. */
export const SIGNALS = {
  start: 'start',
  pause: 'pause',
  resume: 'resume',
  stop: 'stop',
} as const;

/** One update for every command that wants a validated answer. */
export const COMMAND_UPDATE = 'command';

export const QUERIES = { status: 'status', position: 'position', reasons: 'reasons' } as const;

/** Search attributes (all Keyword). They are never encrypted: no personal data. */
export const SEARCH_ATTRIBUTES = ['BotStatus', 'BotOwner', 'Exchange', 'Symbol', 'Strategy'] as const;

export interface SignalCommand {
  commandId: string;
  /** The user whose word it is, by id; absent where that is not known. For the audit log: it decides nothing. */
  by?: string | undefined;
}

export interface StopSignal extends SignalCommand {
  mode?: StopMode;
}

/**
 * What `configure` may change: columns of the bot's row by their own names, already validated and merged by the door, so
 * that carrying it out is one UPDATE. The ping-pong bot's settings are columns; other strategies have `parameters`.
 */
export interface BotChange {
  ticker?: string;
  exchange?: string;
  /** Goes with `exchange`. */
  exchange_account_id?: string | null;
  first_order?: Side;
  quantity?: Amount;
  buy_price?: Amount;
  sell_price?: Amount;
  trailing_percent?: Amount | null;
  infinite_loop?: boolean;
  parameters?: Record<string, unknown>;
  protections?: Record<string, unknown>;
}

export type Command = SignalCommand & {
  /** How long the answer may wait for a venue. */
  patienceMs?: number;
} & (
    | { name: Exclude<CommandName, 'stop' | 'configure'> }
    | { name: 'stop'; mode: StopMode }
    | { name: 'configure'; change: BotChange }
  );

/** What an update answers: the status stored when the command had been carried out. */
export interface CommandResult {
  status: BotStatus;
  /** False for a repeat without effect. */
  changed: boolean;
}

export interface BotInput {
  botId: string;
  ownerId: string;
  exchange: string;
  symbol: string;
  strategy: string;
  /** Set when the workflow continues as new; absent for a new one. */
  state?: BotState;
}

/** All that goes through continue-as-new: one plain JSON object. */
export interface BotState {
  version: 1;
  status: BotStatus;
  /** What is being wound down: orders taken back (`keep`), the position closed too (`close`), or the cycle ended (`finish`). */
  ending: StopMode | null;
  /** Counts the orders ever decided; part of their ids. */
  sequence: number;
  /** Counts the activities that write the session; fences the writes of those that outlived their turn. */
  turn: number;
  /** Counts the statuses ever told to the row: the newest stands, whichever is written last. */
  statusVersion: number;
  /** The outcome of an order has become known: our record is compared with the venue before anything is decided. */
  compare: boolean;
  /** The last command ids taken, oldest first. */
  seen: string[];
  /** Commands taken and not yet carried out. */
  queue: Command[];
  /** Client order ids whose outcome is being asked for. */
  unresolved: string[];
  /** Failures in a row; decides the back-off and, past a bound, the end. */
  failures: number;
  reasons: Reason[];
  /** When the reasons were told, epoch ms. */
  reasonsAt: number;
  position: Position;
  lastPrice: Amount | null;
  error: string | null;
}

export interface StatusView {
  status: BotStatus;
  ending: StopMode | null;
  error: string | null;
  unresolved: string[];
  turn: number;
  sequence: number;
}

/** Stable types of the failures that cross Temporal. */
export const FAILURES = {
  /** The bot's state does not allow the command. */
  refused: 'CommandRefused',
  /** The bot's row is gone. */
  gone: 'BotGone',
  /** What was asked for could not be done in time: nothing is wrong with it. */
  away: 'CannotRightNow',
  /** What is asked for was decided before something newer was written: read again, then decide. */
  outlived: 'Outlived',
  /** A venue said no, or cannot be reached; `details[0]` is a `VenueFailure`. */
  exchange: 'ExchangeFailure',
} as const;

/** What a failed call to a venue tells the workflow. */
export interface VenueFailure {
  code: string;
  /** True where nothing but a person's change will help. */
  final: boolean;
  message: string;
}

/** The fund: one an installation. */
export const FUND_WORKFLOW = 'fund';
export const FUND_WORKFLOW_ID = 'fund/main';

export const depositWorkflowId = (depositId: string): string => `deposit/${depositId}`;

export const DEPOSIT_ADDRESS_WORKFLOW = 'depositAddress';
export const depositAddressWorkflowId = ({ userId, network }: DepositAddressInput): string =>
  `deposit-address/${userId}/${network}`;

/** Signals to the fund. They may be repeated: each asks for a valuation, but for `freeze`. */
export const FUND_SIGNALS = {
  /** The fund's bot has a new fill. */
  traded: 'traded',
  /** It is time. */
  snapshot: 'snapshot',
  /** Deposits wait for units. */
  depositsSeen: 'deposits_seen',
  /** Nothing is to be dealt until somebody has found out what is wrong. */
  freeze: 'freeze',
} as const;

/** Updates of the fund: answered when they have been carried out. */
export const FUND_UPDATES = { value: 'value', unfreeze: 'unfreeze' } as const;

export interface FreezeSignal {
  because: string;
}

export interface UnfreezeUpdate {
  /** The user whose word it is, by id. */
  by: string;
}

/** Why the fund is valued. */
export type FundReason = 'trade' | 'deposit' | 'withdrawal' | 'sync';

/** What the newest valuation came to; money in the fund's currency. */
export interface FundView {
  /** Of one unit; null where none could be said. */
  price: Amount | null;
  value: Amount | null;
  units: Amount | null;
  /** Epoch ms of the valuation. */
  at: number;
  /** Why nothing was dealt at it; null where dealing went on. */
  heldBecause: string | null;
}

export interface FundInput {
  /** Set when the workflow continues as new; absent for a new one. */
  state?: FundState;
}

/** All that goes through continue-as-new: one plain JSON object. */
export interface FundState {
  version: 1;
  /** Why a valuation is asked for that has not begun; null where none is. */
  wanted: FundReason | null;
  /** Why dealing is to be frozen, where that has not been done yet. */
  freezing: string | null;
  /** Valuations in a row that kept deposits waiting; decides when the next one is. */
  held: number;
}

export interface DepositInput {
  depositId: string;
  /** Attempts that came to nothing, set when the workflow continues as new. */
  attempts?: number;
}

export interface DepositAddressInput {
  userId: string;
  network: string;
}
