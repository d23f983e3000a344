import { randomUUID } from 'node:crypto';
import test from 'ava';
import pRetry from 'p-retry';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { Order } from '../db/models/order.ts';
import { acceptedIds, sends } from '../runtime/testing/orders.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import { SHORT_RUNS } from '../runtime/testing/temporal.ts';
import { Unavailable, type BotAddress } from './client.ts';
import { SIGNALS, type Command } from './messages.ts';

test.serial('P4: commands given while run follows run are carried out once each', async (t) => {
  const stack = await startStack(t, { temporal: SHORT_RUNS });
  const { tell, resting, price, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  const first = await runOf(stack, bot);
  const commands = Array.from({ length: 12 }, (_, at): Command => {
    const change = { buy_price: String(44_000 + at) };
    return { name: 'configure', commandId: randomUUID(), change };
  });
  // Between two runs the server may have no run to give a command to: its sender is told to try again, and does.
  const insist = (command: Command) =>
    pRetry(() => stack.bots.command(bot, command), {
      minTimeout: 100,
      shouldRetry: ({ error }) => error instanceof Unavailable,
    });
  for (let at = 0; at < commands.length; at += 6) {
    const together = commands.slice(at, at + 6);
    // Each twice at once: by two doors, or by one that did not wait for its answer.
    await Promise.all([...together, ...together].map(insist));
  }
  t.is(await countLogs(stack, bot, 'Bot updated'), commands.length);
  await stack.until('another run', async () => (await runOf(stack, bot)) !== first);

  for (const command of commands.slice(0, 6))
    t.deepEqual(await stack.bots.command(bot, command), { status: 'ACTIVE', changed: false });
  t.is(await countLogs(stack, bot, 'Bot updated'), commands.length);

  const row = await Bot.query(stack.knex).findById(bot.botId).throwIfNotFound();
  await stack.until('the order at the last price', () =>
    Order.query(stack.knex).findOne({ bot_id: bot.botId, status: 'OPEN', price: row.buy_price }),
  );
  t.is(stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length, 1);
  price('43900');
  await resting(bot, 'SELL');
  price('46000');
  t.is((await trades(bot, 2)).length, 2);
  const ids = acceptedIds(stack, bot);
  t.is(new Set(ids).size, ids.length);
  t.is(sends(stack, bot), ids.length);
});

test.serial('P4: a signal repeated again and again has one effect and fills no history', async (t) => {
  const stack = await startStack(t, { temporal: SHORT_RUNS });
  const { tell, resting, status, atRest } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  const handle = stack.temporal.client.workflow.getHandle(`bot/${bot.botId}`);
  await handle.signal(SIGNALS.pause, { commandId: 'pause-1' });
  await status(bot, 'PAUSED');
  await atRest(bot);
  await tell(bot, 'resume');
  await resting(bot, 'BUY');
  const orders = await Order.query(stack.knex).where({ bot_id: bot.botId }).resultSize();
  for (const nth of [1, 2]) {
    const before = await runOf(stack, bot);
    await stack.until(`run ${nth} to end`, async () => {
      await handle.signal(SIGNALS.pause, { commandId: 'pause-1' });
      return (await runOf(stack, bot)) !== before;
    });
  }
  t.is(await countLogs(stack, bot, 'Bot paused'), 1);
  t.is((await tell(bot, 'resume')).changed, false);
  t.is(await Order.query(stack.knex).where({ bot_id: bot.botId }).resultSize(), orders);
});

async function runOf({ temporal }: Stack, { botId }: BotAddress): Promise<string> {
  return (await temporal.client.workflow.getHandle(`bot/${botId}`).describe()).runId;
}

async function countLogs({ knex }: Stack, { botId }: BotAddress, beginning: string): Promise<number> {
  return ActivityLog.query(knex).where({ bot_id: botId }).whereLike('message', `${beginning}%`).resultSize();
}
