import test from 'ava';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { Order } from '../db/models/order.ts';
import { PositionRow } from '../db/models/position.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';

test.serial(
  'scalper-bot 35: a BUY-first bot buys at its buy price and sells at its sell price',
  async (t) => {
    const stack = await startStack(t);
    const { tell, price, resting, trades } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    price('46000');
    const rows = await trades(bot, 2);

    const commissions = rows.reduce((sum, trade) => sum + Number(trade.commission), 0);
    const row = await Bot.query(stack.knex).findById(bot.botId).throwIfNotFound();
    t.deepEqual(
      rows.map((trade) => [trade.side, trade.quantity, trade.price]),
      [
        ['BUY', '0.01000000', '45000.50000000'],
        ['SELL', '0.01000000', '46000.00000000'],
      ],
    );
    t.is(rows[0]?.pnl, null);
    t.is(row.total_trades, 2);
    t.truthy(row.last_fill_time);
    t.is(Number(row.pnl), Number(((46_000 - 45_000.5) * 0.01 - commissions).toFixed(8)));
  },
);

test.serial(
  'scalper-bot 36: after a round a bot without infinite loop stops, one with it buys again',
  async (t) => {
    const stack = await startStack(t);
    const { tell, price, resting, trades, status } = steps(stack);
    const once = await stack.addBot({ ...EXAMPLE, infinite_loop: false });
    const forever = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    for (const bot of [once, forever]) {
      await tell(bot, 'start');
      await resting(bot, 'BUY');
    }
    price('45000');
    for (const bot of [once, forever]) await resting(bot, 'SELL');
    price('46000');
    for (const bot of [once, forever]) await trades(bot, 2);

    await status(once, 'STOPPED');
    const again = await resting(forever, 'BUY');
    t.is(again.cycle, 2);
    t.is(await Order.query(stack.knex).where({ bot_id: once.botId }).resultSize(), 2);
  },
);

test.serial('scalper-bot 37: a SELL-first bot runs mirrored', async (t) => {
  const stack = await startStack(t);
  const { tell, price, resting, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, first_order: 'SELL', infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'SELL');
  price('46000');
  await resting(bot, 'BUY');
  price('45000');
  const [sold, bought] = await trades(bot, 2);

  const row = await Bot.query(stack.knex).findById(bot.botId).throwIfNotFound();
  t.deepEqual([sold?.side, sold?.pnl, bought?.side], ['SELL', null, 'BUY']);
  t.is(Number(row.pnl), Number((9.995 - Number(sold?.commission) - Number(bought?.commission)).toFixed(8)));
});

test.serial(
  'scalper-bot 38: trailing sells after the fall from the highest price, not at the sell price',
  async (t) => {
    const stack = await startStack(t);
    const { tell, price, trades, watching } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, trailing_percent: '1', infinite_loop: false });
    await tell(bot, 'start');
    await watching(bot);
    for (const to of ['45000', '44000', '44500']) price(to);
    const [bought] = await trades(bot, 1);
    await watching(bot);
    for (const to of ['46000', '47000', '48000', '47900', '47500']) price(to);
    const [, sold] = await trades(bot, 2);

    t.true(Number(bought?.price) >= 44_440 && Number(bought?.price) < 45_000.5, `bought at ${bought?.price}`);
    t.true(Number(sold?.price) > 47_400 && Number(sold?.price) <= 47_520, `sold at ${sold?.price}`);
  },
);

test.serial(
  'scalper-bot 39: stop cancels the waiting order and keeps the position; start goes on with the due side',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, price, resting, atRest } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');

    t.deepEqual(await stop(bot), { status: 'STOPPED', changed: true });
    await atRest(bot);
    t.is(Number((await PositionRow.query(stack.knex).findById(bot.botId))?.quantity), 0.01);
    await tell(bot, 'start');
    t.is(Number((await resting(bot, 'SELL')).quantity), 0.01);
  },
);

test.serial(
  'scalper-bot 41: what the exchange refuses for good is an ERROR that ends all trying',
  async (t) => {
    const stack = await startStack(t);
    const { tell, status } = steps(stack);
    const sealed = stack.vault.seal(
      { apiKey: 'no-such-key', secret: 'no-such-secret' },
      { accountId: stack.account.id, userId: stack.owner.id, exchange: 'Binance', kind: 'paper' },
    );
    await stack.account.$query(stack.knex).patch({ sealed: sealed.sealed, updated_at: new Date() });
    const bot = await stack.addBot({ ...EXAMPLE });
    await tell(bot, 'start');
    const row = await status(bot, 'ERROR');

    t.truthy(row.error);
    const log = await ActivityLog.query(stack.knex)
      .findOne({ bot_id: bot.botId, level: 'ERROR' })
      .throwIfNotFound();
    t.true(log.message.includes('BTC/USDT on Binance'));
    t.notRegex(log.message, /no-such/);
    const handle = stack.temporal.client.workflow.getHandle(`bot/${bot.botId}`);
    const idle = await stack.until('the bot to be at rest', async () => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).length === 0 && 'no activity is being tried';
    });
    t.is(idle, 'no activity is being tried');
  },
);

test.serial('scalper-bot 42: two bots on different pairs do not disturb each other', async (t) => {
  const stack = await startStack(t);
  const { tell, price, resting, trades } = steps(stack);
  const btc = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  const eth = await stack.addBot({
    ticker: 'ETH/USDT',
    quantity: '0.1',
    buy_price: '3000',
    sell_price: '3300',
    infinite_loop: true,
  });
  await Promise.all([tell(btc, 'start'), tell(eth, 'start')]);
  await Promise.all([resting(btc, 'BUY'), resting(eth, 'BUY')]);
  price('45000');
  await trades(btc, 1);
  stack.exchange.control.movePrice('ETHUSDT', '2990');
  await trades(eth, 1);

  t.is((await resting(btc, 'SELL')).symbol, 'BTC/USDT');
  t.is((await resting(eth, 'SELL')).symbol, 'ETH/USDT');
  t.is((await trades(btc, 1))[0]?.symbol, 'BTC/USDT');
});
