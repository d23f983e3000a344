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
    infiniteLoop: bot.infinite_loop ?? false,
  };
}

/** PostgreSQL prints NUMERIC(20,8) with all its zeros. */
function plain(amount: Amount | null): Amount | null {
  return amount === null ? null : new Decimal(amount).toFixed();
}
