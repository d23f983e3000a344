import { randomUUID } from 'node:crypto';
import test from 'ava';
import { Bot } from '../db/models/bot.ts';
import { Order } from '../db/models/order.ts';
import { PositionRow } from '../db/models/position.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';

test.serial('a paused bot takes its entry order back and resumes with the same cycle', async (t) => {
  const stack = await startStack(t);
  const { tell, price, resting, atRest, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  const entry = await resting(bot, 'BUY');
  t.deepEqual(await tell(bot, 'pause'), { status: 'PAUSED', changed: true });
  await atRest(bot);
  await tell(bot, 'resume');
  const again = await resting(bot, 'BUY');
  t.is(again.cycle, entry.cycle);
  t.not(again.client_order_id, entry.client_order_id);

  price('45000');
  await resting(bot, 'SELL');
  await tell(bot, 'pause');
  price('46000');
  t.is((await trades(bot, 2)).length, 2, 'the exit of a paused bot still works');
});

test.serial('stop with close sells what the bot holds and no more', async (t) => {
  const stack = await startStack(t);
  const { tell, stop, price, resting, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  await stop(bot, 'close');
  const [, sold] = await trades(bot, 2);
  await stack.until('the bot to say it is closed', () =>
    Bot.query(stack.knex).findOne({ id: bot.botId, finishing: false }),
  );

  t.deepEqual([sold?.side, Number(sold?.quantity)], ['SELL', 0.01]);
  t.is(Number((await PositionRow.query(stack.knex).findById(bot.botId))?.quantity), 0);
});

test.serial('stop with finish ends the running cycle and opens none', async (t) => {
  const stack = await startStack(t);
  const { tell, stop, price, resting, status, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  t.is((await stop(bot, 'finish')).status, 'ACTIVE');
  price('46000');
  await status(bot, 'STOPPED');
  t.is((await trades(bot, 2)).length, 2);
});

test.serial('a changed price replaces the waiting order of a running bot', async (t) => {
  const stack = await startStack(t);
  const { tell, resting } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  const before = await resting(bot, 'BUY');
  await stack.bots.command(bot, {
    name: 'configure',
    commandId: randomUUID(),
    change: { buy_price: '44000' },
  });
  const after = await stack.until('the order at the new price', () =>
    Order.query(stack.knex).findOne({ bot_id: bot.botId, status: 'OPEN', price: '44000' }),
  );
  t.not(after.client_order_id, before.client_order_id);
  t.is(stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length, 1);
});

test.serial('a bot is deleted once its order is taken back, and a later command finds no bot', async (t) => {
  const stack = await startStack(t);
  const { tell, resting } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  await tell(bot, 'retire');
  t.is(await Bot.query(stack.knex).findById(bot.botId), undefined);
  t.is(stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length, 0);
  await t.throwsAsync(tell(bot, 'start'), { name: 'BotGone' });
});

test.serial('the Temporal UI can find a bot by its status and read its story', async (t) => {
  const stack = await startStack(t);
  const { tell, resting } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  const found = await stack.until('the bot to be listed', async () => {
    const query = `BotStatus = 'ACTIVE' AND Symbol = 'BTC/USDT' AND Strategy = 'ping-pong'`;
    for await (const execution of stack.temporal.client.workflow.list({ query })) return execution.workflowId;
    return null;
  });
  t.is(found, `bot/${bot.botId}`);
});
