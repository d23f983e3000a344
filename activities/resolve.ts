import { Context } from '@temporalio/activity';
import { readOrderPlace, type Dependencies } from './dependencies.ts';
import { AGREEMENT_MS, findOrder } from './find-order.ts';
import { intentOrTombstone } from './tombstone.ts';
import type { TradingActivities } from './types.ts';
import { writeAccepted, writeOutcome } from './venue-orders.ts';

/** An order that arrived is mostly found within seconds; after these, asking again is of use only once absence would count. */
const FIRST_READS_MS = [0, 1_000, 3_000, 7_000];

/**
 * Learns what became of an order whose answer was lost. It asks and never sends. "Absent" is final only once the venue
 * could not accept the order any more and two reads after that agree.
 */
export function createResolve(deps: Dependencies): TradingActivities['resolve'] {
  return async ({ botId, clientOrderId }) => {
    const intent = await intentOrTombstone(deps.knex, botId, clientOrderId);
    if (intent.status === 'ACCEPTED' || intent.status === 'ABSENT' || intent.status === 'REFUSED')
      return intent.status;
    const place = await readOrderPlace(deps, { botId, clientOrderId });
    const exchange = await deps.openAccount(place.account);
    deps.step('resolve:begun', botId);
    const begun = deps.now();
    for (const at of readTimes(await untilCertain(deps, clientOrderId))) {
      await Context.current().sleep(Math.max(0, begun + at - deps.now()));
      const order = await findOrder(exchange, { symbol: place.symbol, clientOrderId });
      deps.step('resolve:asked', botId);
      if (!order) continue;
      await writeAccepted(deps.knex, place, order, intent);
      deps.step('resolve:recorded', botId);
      return 'ACCEPTED';
    }
    await writeOutcome(deps.knex, place, clientOrderId, {
      status: 'ABSENT',
      message: 'never reached the venue',
    });
    return 'ABSENT';
  };
}

/** When to ask, in ms from now: the last two are those that count as absence. */
function readTimes(certainIn: number): number[] {
  return [...FIRST_READS_MS.filter((at) => at < certainIn), certainIn, certainIn + AGREEMENT_MS];
}

/** How long the venue may still accept the order, ms: by the clock that set the bound, wherever the sender ran. */
async function untilCertain({ knex, timing }: Dependencies, clientOrderId: string): Promise<number> {
  const { rows } = await knex.raw<{ rows: { left: number }[] }>(
    `SELECT ceil(extract(epoch FROM send_before - clock_timestamp()) * 1000)::float8 AS left
     FROM order_intents WHERE client_order_id = ?`,
    [clientOrderId],
  );
  return Math.max(0, (rows[0]?.left ?? 0) + timing.acceptance + 1);
}
