import { Decimal, type Amount } from '../bots/money.ts';
import type { Bot } from './models/bot.ts';

/** The columns that hold a ping-pong bot's parameters; every other strategy's are in `parameters`. */
type PingPongColumns = Pick<
  Bot,
  'first_order' | 'quantity' | 'buy_price' | 'sell_price' | 'trailing_percent' | 'infinite_loop'
>;

/** A bot's parameters as its strategy's schema reads them, wherever its row keeps them. */
export function parametersOf(bot: Pick<Bot, 'strategy' | 'parameters'> & PingPongColumns): unknown {
  if (bot.strategy !== 'ping-pong') return bot.parameters;
  return {
    firstOrder: bot.first_order,
    quantity: plain(bot.quantity),
    buyPrice: plain(bot.buy_price),
    sellPrice: plain(bot.sell_price),
    trailingPercent: plain(bot.trailing_percent),
    infiniteLoop: bot.infinite_loop,
  };
}

/** The same the other way: what to write for parameters that the strategy's schema has accepted. */
export function columnsOf(strategy: string, parameters: Record<string, unknown>): Partial<Bot> {
  if (strategy !== 'ping-pong') return { parameters };
  const { firstOrder, quantity, buyPrice, sellPrice, trailingPercent, infiniteLoop } = parameters as {
    firstOrder: Bot['first_order'];
    quantity: Amount;
    buyPrice: Amount;
    sellPrice: Amount;
    trailingPercent: Amount | null;
    infiniteLoop: boolean;
  };
  return {
    first_order: firstOrder,
    quantity,
    buy_price: buyPrice,
    sell_price: sellPrice,
    trailing_percent: trailingPercent,
    infinite_loop: infiniteLoop,
  };
}

/** PostgreSQL prints NUMERIC(20,8) with all its zeros. */
function plain(amount: Amount | null): Amount | null {
  return amount === null ? null : new Decimal(amount).toFixed();
}
