import { randomUUID } from 'node:crypto';
import type { CommandName } from '../../bots/lifecycle.ts';
import { Bot } from '../../db/models/bot.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { Order } from '../../db/models/order.ts';
import { Trade } from '../../db/models/trade.ts';
import type { BotAddress } from '../../workflows/client.ts';
import type { StatusView } from '../../workflows/messages.ts';
import type { Stack } from './stack.ts';

type Named = Exclude<CommandName, 'stop' | 'configure'>;

/** The bot of the specification's example, small enough for any book. */
export const EXAMPLE = { quantity: '0.01', buy_price: '45000.5', sell_price: '46000' };

/** What tests do with bots again and again, in the words of the specification. */
export function steps({ bots, exchange, knex, temporal, until }: Stack) {
  return {
    tell: (bot: BotAddress, name: Named) => bots.command(bot, { name, commandId: randomUUID() }),
    stop: (bot: BotAddress, mode: 'keep' | 'close' | 'finish' = 'keep') =>
      bots.command(bot, { name: 'stop', mode, commandId: randomUUID() }),
    price: (to: string) => exchange.control.movePrice('BTCUSDT', to),
    resting: ({ botId }: BotAddress, side: 'BUY' | 'SELL') =>
      until(`a ${side} to rest`, () => Order.query(knex).findOne({ bot_id: botId, side, status: 'OPEN' })),
    /** The newest watch has had its first thought: a price that moves now is seen. */
    watching: ({ botId }: BotAddress) =>
      until('the bot to watch', async () => {
        const { turn } = await temporal.client.workflow.getHandle(`bot/${botId}`).query<StatusView>('status');
        return BotSessionState.query(knex).findOne({ bot_id: botId, turn }).whereNotNull('last_price');
      }),
    trades: ({ botId }: BotAddress, count: number) =>
      until(`${count} trades`, async () => {
        const rows = await Trade.query(knex).where({ bot_id: botId }).orderBy('executed_at');
        return rows.length === count && rows;
      }),
    status: ({ botId }: BotAddress, status: string) =>
      until(`status ${status}`, () => Bot.query(knex).findOne({ id: botId, status })),
    atRest: ({ botId }: BotAddress) =>
      until('no order to rest', async () => {
        const open = await Order.query(knex).where({ bot_id: botId, status: 'OPEN' }).resultSize();
        return open === 0;
      }),
  };
}
