import type { Knex } from 'knex';
import { readEngagedSwitch } from '../db/kill-switch.ts';
import { ExchangeError, type Exchange, type VenueOrder } from '../exchanges/port.ts';
import { readBot, type BotAndAccount, type Dependencies } from './dependencies.ts';
import { venueFailure } from './failures.ts';
import type { PlaceInput, PlaceOutcome, TradingActivities } from './types.ts';
import { writeAccepted, writeOutcome } from './venue-orders.ts';

/**
 * Places one order. The intent is committed first, under the kill switch's fence; its id is looked up; it is sent once.
 * An intent that exists already was begun by somebody else, perhaps sent: that is unknown, never sent again.
 */
export function createPlace(deps: Dependencies): TradingActivities['place'] {
  return async (input) => {
    const { botId, clientOrderId, intent } = input;
    const owner = await readBot(deps, botId);
    const exchange = await deps.openAccount(owner.account);
    deps.step('place:begun', botId);
    const sendBefore = deps.now() + deps.timing.sendWithin;
    const committed = await commitIntent(deps.knex, owner, input, sendBefore);
    if (committed !== 'committed') return committed;
    deps.step('place:committed', botId);
    try {
      const order = await sendOnce(deps, exchange, owner, input, sendBefore);
      deps.step('place:sent', botId);
      await writeAccepted(deps.knex, owner, order, intent);
      deps.step('place:recorded', botId);
      return { outcome: 'accepted', status: order.status, filled: order.filled };
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      return settle(deps.knex, owner, clientOrderId, error);
    }
  };
}

async function commitIntent(
  knex: Knex,
  { bot, account }: BotAndAccount,
  { clientOrderId, sequence, intent }: PlaceInput,
  sendBefore: number,
): Promise<'committed' | PlaceOutcome> {
  return knex.transaction(async (tx): Promise<'committed' | PlaceOutcome> => {
    const engaged = await readEngagedSwitch(tx, { accountId: account.id, botId: bot.id });
    if (engaged) return { outcome: 'fenced', reason: engaged.reason ?? 'the kill switch is engaged' };
    const rows: unknown[] = await tx('order_intents')
      .insert({
        client_order_id: clientOrderId,
        bot_id: bot.id,
        cycle: intent.cycle,
        leg: intent.leg,
        sequence,
        symbol: bot.ticker,
        side: intent.side,
        type: intent.type,
        quantity: intent.quantity,
        price: intent.price,
        reduce_only: intent.reduceOnly,
        status: 'SENDING',
        send_before: new Date(sendBefore),
      })
      .onConflict('client_order_id')
      .ignore()
      .returning('client_order_id');
    return rows.length === 0 ? { outcome: 'unknown' } : 'committed';
  });
}

async function sendOnce(
  deps: Dependencies,
  exchange: Exchange,
  { bot }: BotAndAccount,
  { clientOrderId, intent }: PlaceInput,
  sendBefore: number,
): Promise<VenueOrder> {
  const known = await lookUp(exchange, bot.ticker, clientOrderId);
  deps.step('place:looked-up', bot.id);
  if (known) return known;
  const { side, type, quantity, price } = intent;
  return exchange.place({ symbol: bot.ticker, clientOrderId, side, type, quantity, price, sendBefore });
}

/** A look-up that fails has sent nothing, whatever its own phase says. */
async function lookUp(exchange: Exchange, symbol: string, clientOrderId: string): Promise<VenueOrder | null> {
  try {
    return await exchange.orderByClientId({ symbol, clientOrderId });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const { code, final, retryAfterMs, venueCode } = error;
    throw new ExchangeError(error.message, {
      code,
      final,
      retryAfterMs,
      venueCode,
      phase: 'before_call',
      retrySafe: true,
    });
  }
}

async function settle(
  knex: Knex,
  owner: BotAndAccount,
  clientOrderId: string,
  error: ExchangeError,
): Promise<PlaceOutcome> {
  const { venueCode, message } = error;
  // A duplicate id means that an order of ours is there already: ask, do not conclude.
  const refused =
    (error.phase === 'refused' || error.phase === 'before_call') && error.code !== 'duplicate_order';
  await writeOutcome(knex, owner, clientOrderId, {
    status: refused ? 'REFUSED' : 'UNKNOWN',
    venueCode,
    message,
  });
  if (!refused) return { outcome: 'unknown' };
  // Funds do not come back by waiting: a person adds some or makes the order smaller.
  const final = error.final || error.code === 'insufficient_funds';
  return { outcome: 'refused', failure: { ...venueFailure(error), final } };
}
