import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  uuid4,
} from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { Position } from '../bots/position.ts';
import type { Reason } from '../bots/strategy.ts';
import {
  COMMAND_UPDATE,
  FAILURES,
  QUERIES,
  SIGNALS,
  type BotInput,
  type Command,
  type CommandResult,
  type SignalCommand,
  type StatusView,
  type StopSignal,
} from './messages.ts';
import {
  fail,
  isGone,
  isIdle,
  mayContinueAsNew,
  publishAttributes,
  takeUp,
  tell,
  type Actor,
} from './bot/actor.ts';
import { commandLoop, refuseIllegal } from './bot/commands.ts';
import { freshState, take, watches } from './bot/state.ts';
import { resolveUnknown, turn, windDown } from './bot/trading.ts';

const commandUpdate = defineUpdate<CommandResult, [Command]>(COMMAND_UPDATE);
const startSignal = defineSignal<[SignalCommand?]>(SIGNALS.start);
const pauseSignal = defineSignal<[SignalCommand?]>(SIGNALS.pause);
const resumeSignal = defineSignal<[SignalCommand?]>(SIGNALS.resume);
const stopSignal = defineSignal<[StopSignal?]>(SIGNALS.stop);
const statusQuery = defineQuery<StatusView>(QUERIES.status);
const positionQuery = defineQuery<Position>(QUERIES.position);
const reasonsQuery = defineQuery<Reason[]>(QUERIES.reasons);

/**
 * One bot, from its first start until it is deleted. Two loops share one state: commands are carried out as they come,
 * trading goes on beside them. Everything it must remember goes through continue-as-new as one plain object. A request to
 * cancel the workflow, from the Temporal UI, is a stop: a bot ends by being deleted.
 */
export async function bot(input: BotInput): Promise<void> {
  const { state: carried, ...address } = input;
  const actor: Actor = {
    address,
    state: carried ?? freshState(),
    loaded: carried !== undefined,
    retired: false,
    woken: false,
    answers: new Map(),
    resolving: new Set(),
    telling: 0,
  };
  registerHandlers(actor);
  CancellationScope.current().cancelRequested.catch(() => {
    take(actor.state, { name: 'stop', commandId: uuid4(), mode: 'keep' });
  });
  await CancellationScope.nonCancellable(() => live(actor));
}

async function live(actor: Actor): Promise<void> {
  if (!actor.loaded) await load(actor);
  const commands = commandLoop(actor);
  tell(actor);
  await tradingLoop(actor);
  if (!actor.retired) {
    await condition(() => isIdle(actor));
    return continueAsNew<typeof bot>({ ...actor.address, state: actor.state });
  }
  await commands;
  await condition(allHandlersFinished);
}

/** A run that ended is never taken up by itself: a row that still says it trades waits for an explicit start. */
const ENDED_RUN =
  'its run has ended outside the bot (terminated or failed). Check its orders, then start it again';

async function tradingLoop(actor: Actor): Promise<void> {
  const { state } = actor;
  while (!actor.retired) {
    if (mayContinueAsNew(actor)) return;
    resolveUnknown(actor);
    try {
      if (mustWindDown(actor)) await windDown(actor);
      else if (watches(state.status)) await turn(actor);
      else await condition(() => mustGoOn(actor) || mayContinueAsNew(actor));
    } catch (error) {
      if (!isGone(error)) throw error;
      actor.retired = true;
    }
  }
}

/** True where a bot at rest has something to do. */
function mustGoOn(actor: Actor): boolean {
  const { status, unresolved } = actor.state;
  const mustAsk = unresolved.some((id) => !actor.resolving.has(id));
  return actor.retired || mustWindDown(actor) || watches(status) || mustAsk;
}

/** Reads the row of a bot whose workflow is new, so that a bot known from before goes on where it was. */
async function load(actor: Actor): Promise<void> {
  try {
    await takeUp(actor);
    if (watches(actor.state.status)) await fail(actor, ENDED_RUN);
    else publishAttributes(actor);
  } catch (error) {
    if (!isGone(error)) throw error;
    actor.retired = true;
  }
  actor.loaded = true;
}

function registerHandlers(actor: Actor): void {
  const { state } = actor;
  setHandler(
    commandUpdate,
    async (command) => {
      take(state, command);
      const waiting = () => state.queue.some((queued) => queued.commandId === command.commandId);
      await CancellationScope.nonCancellable(() => condition(() => !waiting() || actor.retired));
      const answer = actor.answers.get(command.commandId);
      if (answer instanceof ApplicationFailure) throw answer;
      if (!answer && actor.retired) throw ApplicationFailure.nonRetryable('Bot not found', FAILURES.gone);
      return answer ?? { status: state.status, changed: false };
    },
    {
      validator: (command) => {
        if (actor.loaded && state.queue.length === 0 && !state.seen.includes(command.commandId))
          refuseIllegal(actor, command);
      },
    },
  );
  const signalled = (name: 'start' | 'pause' | 'resume') => (signal?: SignalCommand) => {
    take(state, { name, commandId: signal?.commandId ?? uuid4(), by: signal?.by });
  };
  setHandler(startSignal, signalled('start'));
  setHandler(pauseSignal, signalled('pause'));
  setHandler(resumeSignal, signalled('resume'));
  setHandler(stopSignal, (signal) => {
    const { commandId = uuid4(), mode = 'keep', by } = signal ?? {};
    take(state, { name: 'stop', commandId, mode, by });
  });
  setHandler(statusQuery, () => {
    const { status, ending, error, unresolved, turn: turns, sequence } = state;
    return { status, ending, error, unresolved, turn: turns, sequence };
  });
  setHandler(positionQuery, () => state.position);
  setHandler(reasonsQuery, () => state.reasons);
}

/** Not while a start is carried out: what turns up meanwhile is what the bot goes on with. */
function mustWindDown({ state: { status, ending, queue } }: Actor): boolean {
  const mayStart = queue[0]?.name === 'start' || queue[0]?.name === 'toggle';
  return !watches(status) && !mayStart && (ending === 'keep' || ending === 'close');
}
