import { condition } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { CarriedOut } from '../../activities/types.ts';
import { transition, type BotStatus, type StopMode } from '../../bots/lifecycle.ts';
import { FAILURES, type Command, type CommandResult } from '../messages.ts';
import {
  become,
  becomeActive,
  fail,
  failureOf,
  isGone,
  publishAttributes,
  tell,
  type Actor,
} from './actor.ts';
import { ledger } from './effects.ts';
import { forget, watches } from './state.ts';

/** How long a command that names no patience waits for the venue to confirm that nothing of the bot rests there. */
const TIDY_PATIENCE_MS = 2_000;
/** How many answers are kept for handlers still waiting and for repeats. */
const ANSWERS = 100;

/** Carries commands out one at a time, beside the trading loop, so that a slow venue never delays a command. */
export async function commandLoop(actor: Actor): Promise<void> {
  for (;;) {
    // One that waits is begun at once: a start keeps what rests from being taken back first.
    if (actor.state.queue.length === 0) await condition(() => actor.state.queue.length > 0 || actor.retired);
    if (actor.retired) return;
    const command = actor.state.queue[0]!;
    const answer = await carryOut(actor, command).catch((error: unknown) => refusal(actor, command, error));
    actor.state.queue.shift();
    remember(actor, command.commandId, answer);
    actor.woken = true;
    tell(actor);
  }
}

/** Throws the designed refusal where the bot's status does not allow the command. */
export function refuseIllegal(actor: Actor, command: Command): void {
  const next = transition(actor.state.status, command.name);
  if ('refusal' in next) throw ApplicationFailure.nonRetryable(next.refusal, FAILURES.refused);
}

async function carryOut(actor: Actor, command: Command): Promise<CommandResult> {
  refuseIllegal(actor, command);
  switch (command.name) {
    case 'start':
      return start(actor, command);
    case 'stop':
      return stop(actor, command, command.mode);
    case 'toggle':
      return actor.state.status === 'ACTIVE' || actor.state.status === 'PAUSED'
        ? stop(actor, command, 'keep')
        : start(actor, command);
    case 'pause':
      return switchTo(actor, command, 'PAUSED');
    case 'resume':
      return switchTo(actor, command, 'ACTIVE');
    case 'configure':
      return configure(actor, command);
    case 'retire':
      return retire(actor, command);
  }
}

async function start(actor: Actor, command: Command): Promise<CommandResult> {
  const { state } = actor;
  const { ending } = state;
  if (state.status === 'ACTIVE' && ending === null) return unchanged(actor);
  state.ending = null;
  state.failures = 0;
  const log = { level: 'SUCCESS', message: said(actor, 'started') } as const;
  const { commandId } = command;
  const carriedOut = as(command, 'start');
  const failure = await becomeActive(actor, { log, commandId, carriedOut }).catch(async (error: unknown) => {
    // The row may have heard it, or not: it is told how things are.
    state.ending ??= ending;
    if (!isGone(error)) await become(actor, state.status, { log: null, error: state.error });
    throw error;
  });
  if (failure) await fail(actor, failure.message);
  return { status: state.status, changed: true };
}

async function stop(actor: Actor, command: Command, mode: StopMode): Promise<CommandResult> {
  const { state } = actor;
  const trading = watches(state.status);
  if (!trading && state.status !== 'ERROR' && mode !== 'close') return unchanged(actor);
  if (trading && mode === 'finish') {
    state.ending = 'finish';
    return settle(actor, command, state.status, 'finishing its cycle', as(command, 'stop', mode));
  }
  state.ending = mode === 'close' ? 'close' : 'keep';
  return settle(actor, command, 'STOPPED', 'stopped', as(command, 'stop', mode));
}

/** `pause` and `resume`. */
async function switchTo(actor: Actor, command: Command, status: 'PAUSED' | 'ACTIVE'): Promise<CommandResult> {
  if (actor.state.status === status) return unchanged(actor);
  const [verb, name] =
    status === 'PAUSED' ? (['paused', 'pause'] as const) : (['resumed', 'resume'] as const);
  return settle(actor, command, status, verb, as(command, name));
}

async function settle(
  actor: Actor,
  { commandId }: Command,
  status: BotStatus,
  verb: string,
  carriedOut: CarriedOut,
): Promise<CommandResult> {
  await become(actor, status, { log: { level: 'INFO', message: said(actor, verb) }, commandId, carriedOut });
  return { status: actor.state.status, changed: true };
}

/** What a command comes to: a toggle is a start or a stop, deleting a bot stops it first. */
function as({ by }: Command, name: CarriedOut['name'], mode: StopMode | null = null): CarriedOut {
  return { name, by: by ?? null, mode };
}

function said({ address }: Actor, verb: string): string {
  return `Bot ${verb} for ${address.symbol} on ${address.exchange}`;
}

function unchanged({ state }: Actor): CommandResult {
  return { status: state.status, changed: false };
}

/** What a position, a resting order or an order on its way is told in. */
const OF_THE_MARKET = ['ticker', 'exchange', 'exchange_account_id', 'first_order'] as const;

async function configure(actor: Actor, command: Command & { name: 'configure' }): Promise<CommandResult> {
  const { state, address } = actor;
  const { commandId, by, change } = command;
  if (
    OF_THE_MARKET.some((field) => field in change) &&
    (watches(state.status) || !(await isTidy(actor, command)))
  )
    throw ApplicationFailure.nonRetryable(
      'The market of a bot can be changed while nothing of it is under way: stop it, then change it',
      FAILURES.refused,
    );
  const record = await ledger('configure').configure({ botId: address.botId, commandId, by, change });
  const { exchange, symbol, strategy } = record;
  actor.address = { ...actor.address, exchange, symbol, strategy };
  publishAttributes(actor);
  return { status: state.status, changed: true };
}

async function retire(actor: Actor, command: Command): Promise<CommandResult> {
  const { state } = actor;
  if (state.status !== 'STOPPED') {
    await stop(actor, command, 'keep');
    state.ending = 'keep';
    actor.woken = true;
  }
  const erased = (await isTidy(actor, command)) && (await erase(actor, command));
  if (!erased) {
    await fail(
      actor,
      'not deleted: the exchange has not confirmed that its orders are cancelled; delete it again',
    );
    throw ApplicationFailure.nonRetryable('The exchange has not confirmed the cancel', FAILURES.exchange);
  }
  state.status = 'STOPPED';
  actor.retired = true;
  return { status: 'STOPPED', changed: true };
}

/** Waits a little for what is being taken back or asked for. */
function isTidy({ state }: Actor, { patienceMs = TIDY_PATIENCE_MS }: Command): Promise<boolean> {
  return condition(() => state.ending === null && state.unresolved.length === 0, patienceMs);
}

/** False where the record still has something of the bot on the venue. */
async function erase({ address }: Actor, { by }: Command): Promise<boolean> {
  try {
    await ledger('delete').erase({ botId: address.botId, by });
    return true;
  } catch (error) {
    if (failureOf(error, FAILURES.refused)) return false;
    throw error;
  }
}

/** Keeps the last answers for the handlers that wait for them and for repeats. */
function remember(actor: Actor, commandId: string, answer: CommandResult | ApplicationFailure): void {
  actor.answers.set(commandId, answer);
  const [oldest] = actor.answers.keys();
  if (actor.answers.size > ANSWERS && oldest !== undefined) actor.answers.delete(oldest);
}

/** What the command is answered with. It has done nothing, so that the same one may be sent again. */
function refusal(actor: Actor, command: Command, error: unknown): ApplicationFailure {
  forget(actor.state, command.commandId);
  if (isGone(error)) {
    actor.retired = true;
    return ApplicationFailure.nonRetryable('Bot not found', FAILURES.gone);
  }
  const refused = failureOf(error, FAILURES.refused);
  if (refused) return ApplicationFailure.nonRetryable(refused.message, FAILURES.refused);
  if (error instanceof ApplicationFailure) return error;
  return ApplicationFailure.nonRetryable(
    'The command could not be carried out; look at the bot log',
    'CommandFailed',
  );
}
