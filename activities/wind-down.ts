import { closeOut } from '../bots/closing.ts';
import { isOwnOrderId } from '../bots/ids.ts';
import { closeDust, type Position } from '../bots/position.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { PositionRow } from '../db/models/position.ts';
import { StaleWrite } from '../db/record-order.ts';
import { readStoredBot, type StoredBot } from './bot-view.ts';
import type { Dependencies } from './dependencies.ts';
import { adopt } from './observe/reconcile.ts';
import type { TradingActivities } from './types.ts';

/**
 * The next step from here to rest: the orders to take back, those on the venue that are ours by id included, and, for
 * `close`, the order that closes what is held. Nothing left to do is an empty plan. The bot's settings are not needed.
 */
export function createWindDown(deps: Dependencies): TradingActivities['windDown'] {
  return async ({ botId, mode }) => {
    const stored = await readStoredBot(deps, botId);
    const { bot, account, position } = stored;
    const exchange = await deps.openAccount(account);
    const open = await exchange.openOrders(bot.ticker);
    const known = new Set(stored.orders.map((order) => order.clientOrderId));
    const found = open.filter(
      (order) => isOwnOrderId(botId, order.clientOrderId) && !known.has(order.clientOrderId),
    );
    for (const order of found) await adopt(deps, stored, order);
    const resting = [...stored.orders.filter((order) => order.status === 'OPEN'), ...found];
    const cancel = [...new Set(resting.map((order) => order.clientOrderId))];
    if (mode !== 'close' || cancel.length > 0) return { cancel, close: null };
    const [market, { price, at }, cycle] = await Promise.all([
      exchange.market(bot.ticker),
      exchange.price(bot.ticker),
      lastCycle(deps, botId),
    ]);
    const step = closeOut(position, { market, price, orders: stored.orders, cycle, at });
    if (!step) await bookDust(deps, stored, closeDust(position, market, price));
    const close = step?.intents.find((intent) => intent.kind === 'place') ?? null;
    return { cancel, close };
  };
}

/** A rest that no order can close is no position any more: nothing holds the bot to its market. */
async function bookDust({ knex }: Dependencies, stored: StoredBot, after: Position): Promise<void> {
  if (after === stored.position) return;
  await knex.transaction(async (tx) => {
    const { quantity, cost, dust } = after;
    const { version } = stored;
    const isOurs = await BotSessionState.query(tx)
      .findById(stored.bot.id)
      .where({ version })
      .patch({ version: version + 1 });
    if (isOurs === 0) throw new StaleWrite(`Bot ${stored.bot.id} has been written to since it was read`);
    await PositionRow.query(tx)
      .findById(stored.bot.id)
      .patch({ quantity, cost, dust, updated_at: new Date() });
  });
}

/** The cycle of the last order the bot decided on. */
async function lastCycle({ knex }: Dependencies, botId: string): Promise<number> {
  const last = await OrderIntent.query(knex)
    .where({ bot_id: botId })
    .whereNotNull('sequence')
    .orderBy('sequence', 'desc')
    .first();
  return last?.cycle ?? 0;
}
