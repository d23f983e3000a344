import { Context as ActivityContext } from '@temporalio/activity';
import { InvalidBot } from '../../bots/bot.ts';
import { ExchangeError } from '../../exchanges/port.ts';
import { readBotView, readOwnOrders } from '../bot-view.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Observation, ObserveInput, WatchActivities } from '../types.ts';
import { createGaps, type Gaps } from './gaps.ts';
import { reconcile } from './reconcile.ts';
import { createVenueReads, type VenueReads } from './venue-reads.ts';
import { watch } from './watch.ts';

/** How long a watch bears a venue that cannot be reached before it says so for good. */
const PATIENCE_MS = 900_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Watches one bot's market and account until there is something to do. It keeps nothing that could not be read again:
 * another attempt, on another worker, goes on from the record.
 */
export function createObserve(deps: Dependencies): WatchActivities['observe'] {
  const reads = createVenueReads();
  const gaps = createGaps();
  const reconciledAt = new Map<string, number>();
  const underWay = new Map<string, AbortController>();
  return async (input) => {
    const context = ActivityContext.current();
    const over = takeOver(underWay, input.botId);
    const patientUntil = deps.now() + PATIENCE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await observeOnce({ deps, reads, gaps, reconciledAt }, input, over);
      } catch (error) {
        if (error instanceof InvalidBot) return halted(error.code, error.message, deps.now());
        if (!(error instanceof ExchangeError) || error.final || deps.now() > patientUntil)
          throw asFinal(error);
        await context.sleep(error.retryAfterMs ?? pause);
      }
    }
  };
}

/** What all watches of this process share. */
interface Shared {
  deps: Dependencies;
  reads: VenueReads;
  gaps: Gaps;
  /** By bot: when its orders were last compared with the venue, epoch ms. */
  reconciledAt: Map<string, number>;
}

async function observeOnce(
  { deps, reads, gaps, reconciledAt }: Shared,
  input: ObserveInput,
  over: AbortSignal,
): Promise<Observation> {
  const { botId } = input;
  const view = await readBotView(deps, botId);
  const exchange = await deps.openAccount(view.account);
  const market = await exchange.market(view.bot.ticker);
  // A bot without resting orders cannot have missed a fill: it is compared only as often as everything is.
  const due = deps.now() - (reconciledAt.get(botId) ?? 0) > deps.timing.reconcileEvery;
  const unsure = due || view.orders.some((order) => order.status === 'OPEN');
  const check = async () => {
    const open = await reads.openOrders(exchange, view.account.id, view.bot.ticker);
    const orders = await readOwnOrders(deps.knex, botId);
    reconciledAt.set(botId, deps.now());
    return reconcile(deps, view, orders, open);
  };
  return watch({ deps, reads, gaps, exchange, view, market, input, unsure, check, over });
}

/** A bot's next watch ends the one before, which would hear of its cancellation only with its next heartbeat. */
function takeOver(underWay: Map<string, AbortController>, botId: string): AbortSignal {
  underWay.get(botId)?.abort();
  const own = new AbortController();
  underWay.set(botId, own);
  return own.signal;
}

function halted(code: string, message: string, at: number): Observation {
  return { changed: [], intents: [], reasons: [], price: null, done: false, halt: { code, message }, at };
}

/** A venue that stayed away for the whole of our patience is final; everything else is what it was. */
function asFinal(error: unknown): unknown {
  if (!(error instanceof ExchangeError) || error.final) return error;
  return new ExchangeError(`${error.message} It has been tried for 15 minutes.`, {
    code: error.code,
    phase: error.phase,
    retrySafe: false,
    final: true,
  });
}
