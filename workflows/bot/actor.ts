import {
  allHandlersFinished,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common';
import type { StatusChange } from '../../activities/types.ts';
import type { BotStatus } from '../../bots/lifecycle.ts';
import {
  FAILURES,
  type BotInput,
  type BotState,
  type CommandResult,
  type VenueFailure,
} from '../messages.ts';
import { ledger } from './effects.ts';
import { watches } from './state.ts';

/** One bot at work: what its handlers, its command loop and its trading loop share. */
export interface Actor {
  address: Omit<BotInput, 'state'>;
  state: BotState;
  /** Set once the row has been read; commands wait for it. */
  loaded: boolean;
  /** The row is gone: the workflow ends. */
  retired: boolean;
  /** Something happened that the trading loop must look at before it goes on. */
  woken: boolean;
  /** Results of commands that an update handler still waits for. */
  answers: Map<string, CommandResult | ApplicationFailure>;
  /** Client order ids whose resolution is under way in this run. */
  resolving: Set<string>;
  /** How many words the row has not heard yet. */
  telling: number;
}

/** A history grown long is left behind, but never in the middle of a command. Every long wait ends for it. */
export function mayContinueAsNew(actor: Actor): boolean {
  return workflowInfo().continueAsNewSuggested && isIdle(actor);
}

/** No command is under way, and the row knows all. */
export function isIdle(actor: Actor): boolean {
  return actor.state.queue.length === 0 && actor.telling === 0 && allHandlersFinished();
}

const BOT_STATUS = defineSearchAttributeKey('BotStatus', 'KEYWORD');
const BOT_OWNER = defineSearchAttributeKey('BotOwner', 'KEYWORD');
const EXCHANGE = defineSearchAttributeKey('Exchange', 'KEYWORD');
const SYMBOL = defineSearchAttributeKey('Symbol', 'KEYWORD');
const STRATEGY = defineSearchAttributeKey('Strategy', 'KEYWORD');

/** Makes the bot findable in the Temporal UI by what it is and how it is. */
export function publishAttributes({ address, state }: Actor): void {
  upsertSearchAttributes([
    { key: BOT_STATUS, value: state.status },
    { key: BOT_OWNER, value: address.ownerId },
    { key: EXCHANGE, value: address.exchange },
    { key: SYMBOL, value: address.symbol },
    { key: STRATEGY, value: address.strategy },
  ]);
}

/** The bot's story in the Temporal UI, for somebody from ops. */
export function tell({ address, state }: Actor): void {
  const lines = [
    `**${state.status}**${state.ending ? ` (winding down: ${state.ending})` : ''} · ${address.strategy} on ${address.symbol} at ${address.exchange}`,
    `Position ${state.position.quantity}, realised ${state.position.realised}, last price ${state.lastPrice ?? 'not seen yet'}`,
  ];
  if (state.error) lines.push(`Stopped by: ${state.error}`);
  if (state.unresolved.length) lines.push(`Asking the venue about: ${state.unresolved.join(', ')}`);
  for (const reason of state.reasons) lines.push(`- ${reason.code}: ${reason.detail}`);
  setCurrentDetails(lines.join('\n\n'));
}

/** What people are told with a status: its place in the log, and what stopped the bot, where something did. */
interface Told extends Pick<StatusChange, 'log' | 'carriedOut'> {
  error?: string | null;
  /** The command that is carried out with it, where it is one. */
  commandId?: string | null;
}

/** Makes a status the bot's, here at once and in its row. Whatever else is being told to the row meanwhile: the newest word stands. */
export async function become(actor: Actor, status: BotStatus, told: Told): Promise<void> {
  const { state } = actor;
  state.status = status;
  state.error = told.error ?? null;
  actor.telling += 1;
  try {
    for (;;) {
      const { stands, version } = await ledger(state.status).setStatus(nextWord(actor, state.status, told));
      // A run that was reset knows less than the row; what it says now is the newest all the same.
      if (stands || version < state.statusVersion) break;
      state.statusVersion = version;
    }
  } finally {
    actor.telling -= 1;
  }
  publishAttributes(actor);
}

/** Makes the bot ACTIVE once it is known that it can trade; else nothing has changed, and the answer says why it cannot. */
export async function becomeActive(actor: Actor, told: Told): Promise<VenueFailure | null> {
  const { state } = actor;
  const change = nextWord(actor, 'ACTIVE', told);
  const { failure, stands } = await ledger('ACTIVE').start(change);
  if (failure) return failure;
  // What was told meanwhile is newer.
  if (state.statusVersion !== change.version) return null;
  // What turned up meanwhile was to be taken back from a bot at rest.
  state.ending = null;
  if (stands) {
    state.status = 'ACTIVE';
    state.error = null;
    publishAttributes(actor);
  } else await become(actor, 'ACTIVE', told);
  return null;
}

function nextWord({ address, state }: Actor, status: BotStatus, told: Told): StatusChange {
  const { log, commandId = null, carriedOut = null } = told;
  state.statusVersion += 1;
  const { statusVersion: version, ending } = state;
  const finishing = ending === 'finish' || ending === 'close';
  const error = status === 'ACTIVE' ? null : state.error;
  return { botId: address.botId, version, commandId, carriedOut, status, finishing, log, error };
}

/** Ends trading for a reason that will not pass: the row says ERROR, the log says why. The orders are taken back. */
export async function fail(actor: Actor, message: string, ending: 'keep' | 'close' = 'keep'): Promise<void> {
  actor.state.ending = ending;
  actor.state.failures = 0;
  await becomeError(actor, message);
}

/** As `fail`, where taking the orders back is what failed: only a person's next command tries it again. */
export async function giveUpWindingDown(actor: Actor, message: string): Promise<void> {
  const { state } = actor;
  state.ending = null;
  const known = state.error?.includes(message) ? state.error : null;
  if (known) return tell(actor);
  const before = state.error ? `${state.error}; then ` : '';
  await becomeError(actor, `${before}its orders could not be taken back, some may still rest: ${message}`);
  tell(actor);
}

function becomeError(actor: Actor, message: string): Promise<void> {
  const { symbol, exchange } = actor.address;
  const log = { level: 'ERROR', message: `${symbol} on ${exchange}: ${message}` } as const;
  return become(actor, 'ERROR', { log, error: message });
}

/** What a failed activity says of the venue, where it says anything. */
export function venueFailure(error: unknown): VenueFailure | null {
  const failure = failureOf(error, FAILURES.exchange);
  return (failure?.details?.[0] as VenueFailure | undefined) ?? null;
}

/** True where an activity found the bot's row gone. */
export function isGone(error: unknown): boolean {
  return failureOf(error, FAILURES.gone) !== null;
}

/** The failure of this type that an activity ended with, if it did. */
export function failureOf(error: unknown, type: string): ApplicationFailure | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === type ? cause : null;
}

/**
 * Takes up what is on record: for a run that is new, or that knows less than the record because it was reset. What is known
 * here and newer is kept.
 */
export async function takeUp(actor: Actor): Promise<void> {
  const { state, address } = actor;
  const { unresolved, position, ...record } = await ledger('load').load({ botId: address.botId });
  if (!actor.loaded || record.statusVersion > state.statusVersion) state.status = record.status;
  state.statusVersion = Math.max(state.statusVersion, record.statusVersion);
  state.sequence = Math.max(state.sequence, record.sequence);
  state.turn = Math.max(state.turn, record.turn);
  state.unresolved = [...new Set([...state.unresolved, ...unresolved])];
  state.position = position;
  // The run before may have ended while it was taking its orders back.
  if (!watches(state.status) && state.sequence > 0) state.ending ??= 'keep';
}
