/** A bot's state. The word is the same in the database, the workflow, the search attribute and the API. */
export type BotStatus = 'STOPPED' | 'ACTIVE' | 'PAUSED' | 'ERROR';

/** `keep` the position, `close` it at market, or `finish` the running cycle first. */
export type StopMode = 'keep' | 'close' | 'finish';

/** What a person or a program may ask of a bot. `toggle` is decided by the bot itself, on the status it has by then. */
export type CommandName = 'start' | 'pause' | 'resume' | 'stop' | 'toggle' | 'configure' | 'retire';

/** Where a command leads: the status after it, and false where it was a repeat without effect. */
export interface Transition {
  status: BotStatus;
  changed: boolean;
}

/** Why a command is not legal now, and what is. */
export interface Refusal {
  refusal: string;
}

/** The status each command leads to from each status; a text where it is refused. `configure` leads nowhere. */
const TABLE: Record<Exclude<CommandName, 'configure'>, Record<BotStatus, BotStatus | Refusal>> = {
  start: {
    STOPPED: 'ACTIVE',
    ERROR: 'ACTIVE',
    ACTIVE: 'ACTIVE',
    PAUSED: { refusal: 'The bot is paused: resume it instead of starting it' },
  },
  pause: {
    ACTIVE: 'PAUSED',
    PAUSED: 'PAUSED',
    STOPPED: { refusal: 'The bot is stopped: only an active bot can be paused' },
    ERROR: { refusal: 'The bot is stopped by an error: only an active bot can be paused' },
  },
  resume: {
    PAUSED: 'ACTIVE',
    ACTIVE: 'ACTIVE',
    STOPPED: { refusal: 'The bot is stopped: start it instead of resuming it' },
    ERROR: { refusal: 'The bot is stopped by an error: start it instead of resuming it' },
  },
  stop: { ACTIVE: 'STOPPED', PAUSED: 'STOPPED', ERROR: 'STOPPED', STOPPED: 'STOPPED' },
  toggle: { ACTIVE: 'STOPPED', PAUSED: 'STOPPED', STOPPED: 'ACTIVE', ERROR: 'ACTIVE' },
  retire: { ACTIVE: 'STOPPED', PAUSED: 'STOPPED', ERROR: 'STOPPED', STOPPED: 'STOPPED' },
};

/**
 * What a command does to a bot in `status`. A repeat without effect is legal. `configure` and `retire` always change
 * something, the first never the status. A stop in mode `finish` arrives here only once the bot is flat.
 */
export function transition(status: BotStatus, command: CommandName): Transition | Refusal {
  if (command === 'configure') return { status, changed: true };
  const next = TABLE[command][status];
  if (typeof next !== 'string') return next;
  return { status: next, changed: next !== status || command === 'retire' };
}
