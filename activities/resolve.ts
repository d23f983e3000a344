import { Context } from '@temporalio/activity';
import { readOrderId } from '../bots/ids.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import type { Exchange, VenueOrder } from '../exchanges/port.ts';
import { readBot, type BotAndAccount, type Dependencies } from './dependencies.ts';
import type { TradingActivities } from './types.ts';
import { writeAccepted, writeOutcome } from './venue-orders.ts';

const BETWEEN_READS_MS = 500;

/**
 * Learns what became of an order whose answer was lost. It asks and never sends. "Absent" is final only once the venue
 * could not accept the order any more and two reads after that agree.
 */
export function createResolve(deps: Dependencies): TradingActivities['resolve'] {
  return async ({ botId, clientOrderId }) => {
    const owner = await readBot(deps, botId);
    const exchange = await deps.openAccount(owner.account);
    deps.step('resolve:begun', botId);
    const intent = await intentOrTombstone(deps, owner, clientOrderId);
    if (intent.status === 'ACCEPTED' || intent.status === 'ABSENT' || intent.status === 'REFUSED')
      return intent.status;
    const certainAfter = intent.send_before.getTime() + deps.timing.acceptance;
    let absentReads = 0;
    for (;;) {
      const readAt = deps.now();
      const order = await find(exchange, owner.bot.ticker, clientOrderId);
      deps.step('resolve:asked', botId);
      if (order) {
        await writeAccepted(deps.knex, owner, order, intent);
        deps.step('resolve:recorded', botId);
        return 'ACCEPTED';
      }
      absentReads = readAt > certainAfter ? absentReads + 1 : 0;
      if (absentReads >= 2) {
        await writeOutcome(deps.knex, owner, clientOrderId, {
          status: 'ABSENT',
          message: 'never reached the venue',
        });
        return 'ABSENT';
      }
      await Context.current().sleep(BETWEEN_READS_MS);
    }
  };
}

/** By its id, which finds closed orders too, then among the open ones: venues index the two apart. */
async function find(exchange: Exchange, symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
  const byId = await exchange.orderByClientId({ symbol, clientOrderId });
  if (byId) return byId;
  const open = await exchange.openOrders(symbol);
  return open.find((order) => order.clientOrderId === clientOrderId) ?? null;
}

/**
 * The intent's row. Where `place` never got to commit one, an ABSENT row takes its place: should that `place` still be
 * alive somewhere, it finds the row and does not send.
 */
async function intentOrTombstone(
  { knex }: Dependencies,
  { bot }: BotAndAccount,
  clientOrderId: string,
): Promise<OrderIntent> {
  const found = await OrderIntent.query(knex).findById(clientOrderId);
  if (found) return found;
  await OrderIntent.query(knex)
    .insert({
      client_order_id: clientOrderId,
      bot_id: bot.id,
      cycle: 0,
      leg: 'none',
      sequence: readOrderId(clientOrderId)?.sequence ?? 0,
      symbol: bot.ticker,
      side: 'BUY',
      type: 'LIMIT',
      quantity: '1',
      price: null,
      status: 'ABSENT',
      send_before: new Date(0),
      message: 'the worker that was to place it never began',
    })
    .onConflict('client_order_id')
    .ignore();
  return OrderIntent.query(knex).findById(clientOrderId).throwIfNotFound();
}
