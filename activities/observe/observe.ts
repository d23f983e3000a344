import { Context as ActivityContext } from '@temporalio/activity';
import { InvalidBot } from '../../bots/bot.ts';
import { clearFailures, countFailure } from '../../db/bot-failures.ts';
import { FillRow } from '../../db/models/fill.ts';
import { StaleWrite } from '../../db/record-order.ts';
import { ExchangeError } from '../../exchanges/port.ts';
import { readBotView, readOwnOrders } from '../bot-view.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Observation, ObserveInput, WatchActivities } from '../types.ts';
import { createGaps, type Gaps } from './gaps.ts';
import { createPatience } from './patience.ts';
import { reconcile } from './reconcile.ts';
import { createSuccession } from './succession.ts';
import { createVenueReads, type VenueReads } from './venue-reads.ts';
import { watch } from './watch.ts';

/**
 * Watches one bot's market and account until there is something to do. It keeps nothing that could not be read again:
 * another attempt, on another worker, goes on from the record.
 */
export function createObserve(deps: Dependencies): WatchActivities['observe'] {
  const shared = { deps, reads: createVenueReads(), gaps: createGaps(), comparedAt: new Map() };
  const succeed = createSuccession();
  return async (input) => {
    const { attempt } = ActivityContext.current().info;
    const reign = succeed(input.botId, { turn: input.turn, attempt });
    try {
      return await observePatiently(shared, input, reign.over);
    } finally {
      reign.end();
    }
  };
}

/** What all watches of this process share. */
interface Shared {
  deps: Dependencies;
  reads: VenueReads;
  gaps: Gaps;
  /** By bot: when its orders were last compared with the venue, epoch ms. */
  comparedAt: Map<string, number>;
}

async function observePatiently(
  shared: Shared,
  input: ObserveInput,
  over: AbortSignal,
): Promise<Observation> {
  const { now } = shared.deps;
  const patience = createPatience(now);
  for (;;) {
    try {
      return await observeOnce(shared, input, over, patience.begun);
    } catch (error) {
      if (error instanceof InvalidBot) return halted(error.code, error.message, now());
      // What was read has been written to since: it is read again, and decided again.
      if (error instanceof StaleWrite) continue;
      if (!(error instanceof ExchangeError)) throw error;
      await countFailure(shared.deps.knex, input.botId);
      if (error.final) throw error;
      await ActivityContext.current().sleep(patience.pauseAfter(error));
    }
  }
}

async function observeOnce(
  { deps, reads, gaps, comparedAt }: Shared,
  input: ObserveInput,
  over: AbortSignal,
  begun: () => void,
): Promise<Observation> {
  const { botId } = input;
  const view = await readBotView(deps, botId);
  const lastFillAt = await readLastFill(deps, botId);
  const exchange = await deps.openAccount(view.account);
  const market = await exchange.market(view.bot.ticker);
  // Once a session has been compared, a bot without resting orders cannot have missed a fill: it is compared as often
  // as everything is.
  const due = deps.now() - (comparedAt.get(botId) ?? 0) > deps.timing.reconcileEvery;
  const rests = view.orders.some((order) => order.status === 'OPEN');
  const unsure = input.compare || view.observedAt === null || due || rests;
  const check = async () => {
    // A comparison that fails is still owed.
    comparedAt.delete(botId);
    const open = await reads.openOrders(exchange, view.account.id, view.bot.ticker);
    const orders = await readOwnOrders(deps.knex, botId);
    const changed = await reconcile(deps, view, orders, open);
    comparedAt.set(botId, deps.now());
    return changed;
  };
  const venue = { deps, reads, gaps, exchange, market };
  const answered = async () => {
    begun();
    if (view.bot.failures > 0) await clearFailures(deps.knex, botId);
  };
  return watch({ ...venue, view, lastFillAt, input, unsure, check, over, begun: answered });
}

async function readLastFill({ knex }: Dependencies, botId: string): Promise<number | null> {
  const last = await FillRow.query(knex).where({ bot_id: botId }).orderBy('executed_at', 'desc').first();
  return last?.executed_at.getTime() ?? null;
}

function halted(code: string, message: string, at: number): Observation {
  return { changed: [], intents: [], reasons: [], price: null, done: false, halt: { code, message }, at };
}
