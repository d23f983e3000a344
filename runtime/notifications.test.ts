import test from 'ava';
import { ActivityLog } from '../db/models/activity-log.ts';
import { startNotifications } from '../telegram/testing/start-notifications.ts';
import { startStack } from './testing/stack.ts';
import { EXAMPLE, steps } from './testing/steps.ts';

const CHAT = 77;

test.serial(
  'scalper-bot 56: with a chat, a fill, a start, a stop and an error each send a message and add a TELEGRAM log',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, price, resting, status } = steps(stack);
    const { telegram, send } = await startNotifications(t, { operatorsChat: CHAT, on: stack });
    send();
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    const tooSmall = await stack.addBot({ ...EXAMPLE, quantity: '0.0001' });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    price('46000');
    await resting(bot, 'BUY');
    await stop(bot);
    await status(bot, 'STOPPED');
    const received = () => telegram.sent.map(({ text }) => text.split('\n')[0]!.replaceAll(/<.?b>/g, ''));
    await stack.until('a message of each', () => received().length === 4);
    await tell(tooSmall, 'start');
    await status(tooSmall, 'ERROR');
    await stack.until('all messages', () => received().length === 6);
    const market = 'BTC/USDT · Binance';
    t.deepEqual(received(), [
      `▶️ Bot started: ${market}`,
      `✅ BUY filled: ${market}`,
      `💰 Position closed: ${market}`,
      `⏹ Bot stopped: ${market}`,
      `▶️ Bot started: ${market}`,
      `⚠️ Bot in error: ${market}`,
    ]);
    t.deepEqual(
      telegram.sent.map(({ chatId }) => chatId),
      Array(6).fill(CHAT),
    );
    const logs = () => ActivityLog.query(stack.knex).where({ level: 'TELEGRAM', user_id: stack.owner.id });
    await stack.until('a line of the log for each', async () => (await logs()).length === 6);
    t.is((await logs()).filter(({ bot_id }) => bot_id === bot.botId).length, 4);
  },
);

test.serial('scalper-bot 56: without a chat nothing is sent, and nothing fails', async (t) => {
  const stack = await startStack(t);
  const { tell, resting } = steps(stack);
  const { telegram, queue, send } = await startNotifications(t, { on: stack });
  send();
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  await stack.until(
    'all to have their places',
    async () => (await stack.knex('events').whereNull('position')).length === 0,
  );
  t.deepEqual(await queue(), []);
  t.deepEqual(telegram.calls, []);
});
