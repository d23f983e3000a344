import {
  allHandlersFinished,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common';
import {
  FAILURES,
  type BotInput,
  type BotState,
  type CommandResult,
  type VenueFailure,
} from '../messages.ts';
import { ledger } from './effects.ts';

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
}

/** A history grown long is left behind, but never in the middle of a command. Every long wait ends for it. */
export function mayContinueAsNew(actor: Actor): boolean {
  return workflowInfo().continueAsNewSuggested && isIdle(actor);
}

/** No command is under way. */
export function isIdle(actor: Actor): boolean {
  return actor.state.queue.length === 0 && allHandlersFinished();
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

/** Ends trading for a reason that will not pass: the row says ERROR, the log says why. */
export async function fail(actor: Actor, message: string): Promise<void> {
  const { state, address } = actor;
  state.status = 'ERROR';
  state.error = message;
  state.ending = 'keep';
  state.failures = 0;
  await ledger.setStatus({
    botId: address.botId,
    status: 'ERROR',
    finishing: false,
    log: { level: 'ERROR', message: `${address.symbol} on ${address.exchange}: ${message}` },
    error: message,
  });
  publishAttributes(actor);
}

/** What a failed activity says of the venue, where it says anything. */
export function venueFailure(error: unknown): VenueFailure | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== FAILURES.exchange) return null;
  return (cause.details?.[0] as VenueFailure | undefined) ?? null;
}

/** True where an activity found the bot's row gone. */
export function isGone(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === FAILURES.gone;
}
