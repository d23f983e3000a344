import { CancellationScope, condition } from '@temporalio/workflow';
import { isFinal, type PlaceIntent } from '../../bots/orders.ts';
import { clientOrderId } from '../../bots/ids.ts';
import type { Observation } from '../../activities/types.ts';
import { FAILURES } from '../messages.ts';
import {
  become,
  fail,
  failureOf,
  giveUpWindingDown,
  isGone,
  mayContinueAsNew,
  takeUp,
  tell,
  venueFailure,
  type Actor,
} from './actor.ts';
import { ledger, trading, watch } from './effects.ts';
import { watches } from './state.ts';

/** Failures in a row after which the bot stops trying; with the back-off below about a quarter of an hour. */
const MAX_FAILURES = 20;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 60_000;

/** One turn of a watching bot: wait until there is something to do, do it. */
export async function turn(actor: Actor): Promise<void> {
  const { state } = actor;
  const word = state.statusVersion;
  try {
    const observation = await observeUntilWoken(actor);
    if (!observation) return;
    state.reasons = observation.reasons;
    state.reasonsAt = observation.at;
    state.lastPrice = observation.price ?? state.lastPrice;
    tell(actor);
    await act(actor, observation, word);
  } catch (error) {
    await absorb(actor, error, word);
  }
}

/** Takes the bot's orders back and, where asked, closes what it holds; never more than it holds. */
export async function windDown(actor: Actor): Promise<void> {
  const { state, address } = actor;
  const mode = state.ending!;
  const word = state.statusVersion;
  actor.woken = false;
  try {
    if (state.unresolved.length > 0) {
      await condition(() => state.unresolved.length === 0 || actor.woken || mayContinueAsNew(actor));
      return;
    }
    const venue = trading(address.exchange, `wind down (${mode})`);
    const plan = await venue.windDown({ botId: address.botId, mode });
    for (const id of plan.cancel) {
      await venue.cancel({ botId: address.botId, clientOrderId: id });
      await record(actor, id);
    }
    if (watches(state.status) || state.ending !== mode) return;
    if (plan.close) await place(actor, plan.close, word);
    if (plan.close || plan.cancel.length > 0) return;
    state.ending = null;
    const message = `No position left for ${address.symbol} on ${address.exchange}`;
    if (mode === 'close')
      await become(actor, state.status, { log: { level: 'INFO', message }, error: state.error });
    tell(actor);
  } catch (error) {
    await absorb(actor, error, word);
  }
}

/** Asks about every order whose outcome is unknown, each on its own, while the rest of the bot goes on. */
export function resolveUnknown(actor: Actor): void {
  for (const id of actor.state.unresolved) {
    if (actor.resolving.has(id)) continue;
    actor.resolving.add(id);
    resolveOne(actor, id).catch((error: unknown) => {
      if (!isGone(error)) throw error;
      actor.retired = true;
    });
  }
}

async function resolveOne(actor: Actor, id: string): Promise<void> {
  const { state, address } = actor;
  try {
    const venue = trading(address.exchange, `ask about ${id}`);
    const found = await venue.resolve({ botId: address.botId, clientOrderId: id });
    state.unresolved = state.unresolved.filter((other) => other !== id);
    state.compare = true;
    // An order that turned up is on record now: the next watch, or the winding down, records what it did.
    if (found === 'ACCEPTED' && !watches(state.status)) state.ending ??= 'keep';
  } catch (error) {
    if (isGone(error)) throw error;
    if (state.status !== 'ERROR')
      await fail(
        actor,
        `the outcome of order ${id} cannot be learnt: ${venueFailure(error)?.message ?? 'no answer'}`,
        state.ending === 'close' ? 'close' : 'keep',
      );
    // A start is a person's word that what failed was mended: it is asked for again at once.
    await condition(() => actor.retired || watches(state.status), LONGEST_BACK_OFF_MS);
  } finally {
    actor.resolving.delete(id);
    actor.woken = true;
    tell(actor);
  }
}

/** What `observe` saw, or null where a command, another event or the end of the run made it moot. */
async function observeUntilWoken(actor: Actor): Promise<Observation | null> {
  const { state, address } = actor;
  actor.woken = false;
  state.turn += 1;
  // Whoever owes a comparison from here on owes another one.
  const { compare } = state;
  state.compare = false;
  const scope = new CancellationScope();
  const observed = scope.run(() =>
    watch(`watch ${address.symbol}`).observe({
      botId: address.botId,
      turn: state.turn,
      compare,
      finishing: state.ending === 'finish',
      lastReason: state.reasons[0]?.code ?? null,
      reasonsAt: state.reasonsAt,
    }),
  );
  const interrupted = scope.run(() =>
    condition(() => actor.woken || actor.retired || mayContinueAsNew(actor)),
  );
  const settled = Promise.race([
    observed.then(
      (observation) => ({ observation }),
      (error: unknown) => ({ error }),
    ),
    interrupted.then(
      () => ({ observation: null }),
      (error: unknown) => ({ error }),
    ),
  ]);
  const first = await settled;
  // Whichever lost is let go, so that no wait outlives its turn.
  scope.cancel();
  state.compare ||= compare && !('observation' in first && first.observation);
  if ('error' in first) throw first.error;
  return first.observation;
}

async function act(actor: Actor, observation: Observation, word: number): Promise<void> {
  const { state, address } = actor;
  if (observation.halt) return failSince(actor, word, observation.halt.message);
  for (const id of observation.changed) await record(actor, id);
  const venue = trading(address.exchange, 'take back');
  for (const intent of observation.intents) {
    if (actor.woken || !watches(state.status)) return;
    if (intent.kind === 'place') {
      if (!(await place(actor, intent, word))) return;
    } else {
      await venue.cancel({ botId: address.botId, clientOrderId: intent.clientOrderId });
      await record(actor, intent.clientOrderId);
    }
  }
  state.failures = 0;
  if (observation.done && watches(state.status)) await finish(actor);
}

/** False where the order was turned away: what else was decided with it is to be decided anew. */
async function place(actor: Actor, intent: PlaceIntent, word: number): Promise<boolean> {
  const { state, address } = actor;
  state.sequence += 1;
  const { botId } = address;
  const id = clientOrderId({ botId, cycle: intent.cycle, leg: intent.leg, sequence: state.sequence });
  const venue = trading(address.exchange, `${intent.side} ${intent.quantity} ${address.symbol}`);
  const answer = await venue
    .place({ botId, clientOrderId: id, sequence: state.sequence, intent })
    .catch(async (error: unknown) => {
      if (isGone(error)) throw error;
      // Before anything else is decided: its worker may be alive, and about to begin.
      const outcome = await ledger(`not begun? ${id}`).entomb({ botId, clientOrderId: id });
      if (outcome === 'unknown') return { outcome };
      state.compare = true;
      throw error;
    });
  switch (answer.outcome) {
    case 'accepted':
      state.failures = 0;
      if (Number(answer.filled) > 0 || isFinal(answer.status)) await record(actor, id);
      return true;
    case 'unknown':
      state.unresolved = [...state.unresolved, id];
      resolveUnknown(actor);
      return true;
    case 'fenced':
      await backOff(actor, answer.reason);
      return false;
    case 'refused':
      await (answer.failure.final
        ? failSince(actor, word, answer.failure.message)
        : backOff(actor, answer.failure.message));
      return false;
  }
}

async function record(actor: Actor, id: string): Promise<void> {
  const { state, address } = actor;
  state.turn += 1;
  const venue = trading(address.exchange, `record ${id}`);
  const recorded = await venue.record({ botId: address.botId, clientOrderId: id, turn: state.turn });
  state.position = recorded.position;
  tell(actor);
}

async function finish(actor: Actor): Promise<void> {
  const { symbol, exchange } = actor.address;
  actor.state.ending = 'keep';
  await become(actor, 'STOPPED', {
    log: { level: 'INFO', message: `Bot stopped for ${symbol} on ${exchange}` },
  });
}

/** A failed turn: gone ends the actor, final ends the trading, all else waits and is tried again. */
async function absorb(actor: Actor, error: unknown, word: number): Promise<void> {
  if (isGone(error)) {
    actor.retired = true;
    return;
  }
  if (failureOf(error, FAILURES.outlived)) return takeUp(actor);
  const failure = venueFailure(error);
  if (failure?.final) {
    if (watches(actor.state.status)) await failSince(actor, word, failure.message);
    else if (actor.state.statusVersion === word) await giveUpWindingDown(actor, failure.message);
    return;
  }
  await backOff(actor, failure?.message ?? 'an activity failed; see the workflow history');
}

/** Nothing where it failed for good before the newest word: that one has a try of its own. */
async function failSince(actor: Actor, word: number, message: string): Promise<void> {
  if (actor.state.statusVersion === word) await fail(actor, message);
}

async function backOff(actor: Actor, message: string): Promise<void> {
  const { state } = actor;
  state.failures += 1;
  if (state.failures >= MAX_FAILURES && watches(state.status))
    return fail(actor, `gave up after ${MAX_FAILURES} failures in a row, the last: ${message}`);
  const ms = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(state.failures - 1, 10));
  await condition(() => actor.woken || actor.retired, ms);
}
