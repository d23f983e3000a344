import type { Knex } from 'knex';
import type { PlaceIntent } from '../bots/orders.ts';
import { recordAudit } from '../db/audit.ts';
import { readEngagedSwitch } from '../db/kill-switch.ts';
import { Bot } from '../db/models/bot.ts';
import { Order } from '../db/models/order.ts';
import { ExchangeError, type Exchange, type VenueOrder } from '../exchanges/port.ts';
import { botGone, readBot, type BotAndAccount, type Dependencies } from './dependencies.ts';
import { venueFailure } from './failures.ts';
import type { PlaceInput, PlaceOutcome, TradingActivities } from './types.ts';
import { writeAccepted, writeOutcome } from './venue-orders.ts';

/**
 * Places one order. The intent is committed first, under the fences of kill switch and status; its id is looked up; it is sent once.
 * An intent that exists already was begun by somebody else, perhaps sent: that is unknown, never sent again.
 */
export function createPlace(deps: Dependencies): TradingActivities['place'] {
  return async (input) => {
    const { botId, clientOrderId, intent } = input;
    const owner = await readBot(deps, botId);
    const exchange = await deps.openAccount(owner.account);
    deps.step('place:begun', botId);
    // Measured here before it is by the database: nothing is sent after the moment that the intent's row says.
    const sendBefore = deps.now() + deps.timing.sendWithin;
    const committed = await commitIntent(deps, owner, input);
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
  { knex, timing }: Dependencies,
  owner: BotAndAccount,
  { clientOrderId, sequence, intent }: PlaceInput,
): Promise<'committed' | PlaceOutcome> {
  const { bot, account } = owner;
  return knex.transaction(async (tx): Promise<'committed' | PlaceOutcome> => {
    const engaged = await readEngagedSwitch(tx, { accountId: account.id, botId: bot.id });
    if (engaged) return { outcome: 'fenced', reason: engaged.reason ?? 'the kill switch is engaged' };
    const fenced = await whyFenced(tx, owner, intent);
    if (fenced) return { outcome: 'fenced', reason: fenced };
    const rows: unknown[] = await tx('order_intents')
      .insert({
        client_order_id: clientOrderId,
        bot_id: bot.id,
        exchange_account_id: account.id,
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
        send_before: tx.raw('clock_timestamp() + make_interval(secs => ?)', [timing.sendWithin / 1_000]),
      })
      .onConflict('client_order_id')
      .ignore()
      .returning('client_order_id');
    if (rows.length === 0) return { outcome: 'unknown' };
    await recordOrder(tx, owner, clientOrderId, intent);
    return 'committed';
  });
}

async function recordOrder(
  tx: Knex,
  { bot, account }: BotAndAccount,
  clientOrderId: string,
  { side, type, quantity, price, reduceOnly }: PlaceIntent,
): Promise<void> {
  const order = { account: account.id, symbol: bot.ticker, side, type, quantity, price, reduceOnly };
  await recordAudit(tx, {
    ...{ subject: `bot/${bot.id}`, action: 'order.place', userId: bot.user_id, address: null },
    ...{ target: `order/${clientOrderId}`, details: order },
  });
}

/**
 * Why the bot's row forbids the order, or null. The row is held until the intent is committed: a status that is told
 * meanwhile waits, so that once a stop is answered nothing new is opened.
 */
async function whyFenced(
  tx: Knex,
  { bot, account }: BotAndAccount,
  { reduceOnly, cycle }: PlaceIntent,
): Promise<string | null> {
  const now = await Bot.query(tx).findById(bot.id).forShare();
  if (!now) throw botGone();
  if (now.ticker !== bot.ticker || now.exchange_account_id !== account.id) return 'the bot has a new market';
  if (reduceOnly) return null;
  if (now.status !== 'ACTIVE') return `the bot is ${now.status}: nothing is opened`;
  if (!now.finishing) return null;
  const begun = await Order.query(tx)
    .findOne({ bot_id: bot.id, symbol: bot.ticker, cycle })
    .where('filled', '>', 0);
  return begun ? null : 'the bot is finishing: no new cycle is begun';
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
