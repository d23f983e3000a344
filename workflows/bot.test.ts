import test from 'ava';
import { randomUUID } from 'node:crypto';
import { startStack } from '../runtime/testing/stack.ts';
import { Bot } from '../db/models/bot.ts';
import { Order } from '../db/models/order.ts';
import { Trade } from '../db/models/trade.ts';

test('scalper-bot 35: a BUY-first bot buys at its buy price and sells at its sell price', async (t) => {
  const { addBot, bots, exchange, knex, until } = await startStack(t);
  const bot = await addBot({ quantity: '0.01', buy_price: '45000.5', sell_price: '46000', infinite_loop: true });
  await bots.command(bot, { name: 'start', commandId: randomUUID() });

  await until('the BUY to rest', () => Order.query(knex).findOne({ side: 'BUY', status: 'OPEN' }));
  exchange.control.movePrice('BTCUSDT', '45000');
  await until('the SELL to rest', () => Order.query(knex).findOne({ side: 'SELL', status: 'OPEN' }));
  exchange.control.movePrice('BTCUSDT', '46000');
  const trades = await until('two trades', async () => {
    const rows = await Trade.query(knex).orderBy('executed_at');
    return rows.length === 2 && rows;
  });

  const commissions = trades.reduce((sum, trade) => sum + Number(trade.commission), 0);
  const row = await Bot.query(knex).findById(bot.botId).throwIfNotFound();
  t.deepEqual(trades.map(({ side, quantity, price }) => [side, quantity, price]), [
    ['BUY', '0.01000000', '45000.50000000'],
    ['SELL', '0.01000000', '46000.00000000'],
  ]);
  t.is(row.total_trades, 2);
  t.truthy(row.last_fill_time);
  t.is(Number(row.pnl), Number(((46000 - 45000.5) * 0.01 - commissions).toFixed(8)));
});
