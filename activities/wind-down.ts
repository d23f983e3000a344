import { closeOut } from '../bots/closing.ts';
import { isOwnOrderId } from '../bots/ids.ts';
import { readBotView } from './bot-view.ts';
import type { Dependencies } from './dependencies.ts';
import { adopt } from './observe/reconcile.ts';
import type { TradingActivities } from './types.ts';

/**
 * The next step from here to rest: the orders to take back, those on the venue that are ours by id included, and, for
 * `close`, the order that closes what is held. Nothing left to do is an empty plan.
 */
export function createWindDown(deps: Dependencies): TradingActivities['windDown'] {
  return async ({ botId, mode }) => {
    const view = await readBotView(deps, botId);
    const { bot, account, position, settings, session } = view;
    const exchange = await deps.openAccount(account);
    const open = await exchange.openOrders(bot.ticker);
    const known = new Set(view.orders.map((order) => order.clientOrderId));
    const found = open.filter(
      (order) => isOwnOrderId(botId, order.clientOrderId) && !known.has(order.clientOrderId),
    );
    for (const order of found) await adopt(deps, view, order);
    const resting = [...view.orders.filter((order) => order.status === 'OPEN'), ...found];
    const cancel = [...new Set(resting.map((order) => order.clientOrderId))];
    if (mode !== 'close' || cancel.length > 0) return { cancel, close: null };
    const [market, { price, at }] = await Promise.all([
      exchange.market(bot.ticker),
      exchange.price(bot.ticker),
    ]);
    const cycle = settings.strategy.cycle(session.strategy);
    const step = closeOut(position, { market, price, orders: view.orders, cycle, at });
    const close = step?.intents.find((intent) => intent.kind === 'place') ?? null;
    return { cancel, close };
  };
}
