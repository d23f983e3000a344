/** A bot's state. The word is the same in the database, the workflow, the search attribute and the API. */
export type BotStatus = 'STOPPED' | 'ACTIVE' | 'PAUSED' | 'ERROR';

/** `keep` the position, `close` it at market, or `finish` the running cycle first. */
export type StopMode = 'keep' | 'close' | 'finish';

/** What a person or a program may ask of a bot. `toggle` is decided by the bot itself, on the status it has by then. */
export type CommandName = 'start' | 'pause' | 'resume' | 'stop' | 'toggle' | 'configure' | 'retire';

/** The statuses from which a command changes something; from any other it is a repeat without effect or refused. */
const ALLOWED: Record<CommandName, ReadonlySet<BotStatus>> = {
  start: new Set(['STOPPED', 'ERROR', 'ACTIVE']),
  pause: new Set(['ACTIVE', 'PAUSED']),
  resume: new Set(['PAUSED', 'ACTIVE']),
  stop: new Set(['ACTIVE', 'PAUSED', 'ERROR', 'STOPPED']),
  toggle: new Set(['ACTIVE', 'PAUSED', 'STOPPED', 'ERROR']),
  configure: new Set(['ACTIVE', 'PAUSED', 'STOPPED', 'ERROR']),
  retire: new Set(['ACTIVE', 'PAUSED', 'STOPPED', 'ERROR']),
};

/** True where `command` is legal in `status` (a repeat without effect is legal). */
export function isAllowed(command: CommandName, status: BotStatus): boolean {
  return ALLOWED[command].has(status);
}
