import { randomUUID } from 'node:crypto';
import test from 'ava';
import { Bot } from '../db/models/bot.ts';
import { Order } from '../db/models/order.ts';
import { Trade } from '../db/models/trade.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import { CommandRefused, type BotAddress } from './client.ts';

const LOOPING = { ...EXAMPLE, infinite_loop: true };

test.serial('a request to cancel the workflow stops the bot, which goes on obeying', async (t) => {
  const stack = await startStack(t);
  const { tell, resting, status, atRest, price, trades } = steps(stack);
  const bot = await stack.addBot(LOOPING);
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  await stack.temporal.client.workflow.getHandle(`bot/${bot.botId}`).cancel();
  await status(bot, 'STOPPED');
  await atRest(bot);
  t.deepEqual(await tell(bot, 'start'), { status: 'ACTIVE', changed: true });
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  await tell(bot, 'retire');
  t.is(await Bot.query(stack.knex).findById(bot.botId), undefined);
  t.is((await trades(bot, 0)).length, 0);
});

test.serial('a run that was reset takes up the record and goes on trading', async (t) => {
  const stack = await startStack(t);
  const { tell, resting, price, trades, stop, atRest } = steps(stack);
  const bot = await stack.addBot(LOOPING);
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  price('46000');
  await trades(bot, 2);
  await resting(bot, 'BUY');
  await reset(stack, bot);
  price('45000');
  await resting(bot, 'SELL');
  price('46000');
  const rows = await trades(bot, 4);
  t.deepEqual(
    rows.map(({ side }) => side),
    ['BUY', 'SELL', 'BUY', 'SELL'],
  );
  t.deepEqual(stack.exchange.control.effects(stack.account.id).doubled, []);
  t.deepEqual(await stop(bot), { status: 'STOPPED', changed: true });
  await steps(stack).status(bot, 'STOPPED');
  await atRest(bot);
});

test.serial(
  'orders that could not be taken back are told, and keep the bot from being deleted',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, resting, status, atRest } = steps(stack);
    const bot = await stack.addBot(LOOPING);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    const findKey = await loseKey(stack);
    await stop(bot);
    const row = await status(bot, 'ERROR');
    t.regex(row.error ?? '', /some may still rest/);
    await t.throwsAsync(tell(bot, 'retire'));
    t.truthy(await Bot.query(stack.knex).findById(bot.botId));
    t.is(await Order.query(stack.knex).where({ bot_id: bot.botId, status: 'OPEN' }).resultSize(), 1);
    await findKey();
    t.deepEqual(await stop(bot), { status: 'STOPPED', changed: true });
    await atRest(bot);
    t.is((await status(bot, 'STOPPED')).error, null);
    await tell(bot, 'retire');
    t.is(await Bot.query(stack.knex).findById(bot.botId), undefined);
  },
);

test.serial(
  'the market of a bot stays while it runs, holds something or has an order on its way',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, resting, price, atRest } = steps(stack);
    const bot = await stack.addBot(LOOPING);
    const move = () =>
      stack.bots.command(bot, {
        name: 'configure',
        commandId: randomUUID(),
        change: { ticker: 'ETH/USDT', buy_price: '3000', sell_price: '3100' },
      });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    await t.throwsAsync(move(), { instanceOf: CommandRefused, message: /stop it, then change it/ });
    price('45000');
    await resting(bot, 'SELL');
    await stop(bot);
    await atRest(bot);
    await t.throwsAsync(move(), { instanceOf: CommandRefused, message: /holds/ });
    await stop(bot, 'close');
    await stack.until('the position to be closed', async () => {
      const rows = await Trade.query(stack.knex).where({ bot_id: bot.botId });
      return rows.length === 2;
    });
    t.is((await move()).changed, true);
    t.is((await Bot.query(stack.knex).findById(bot.botId))?.ticker, 'ETH/USDT');
  },
);

/** As `temporal workflow reset` does: back to before the first watch, with every command after it done again. */
async function reset({ temporal }: Stack, { botId }: BotAddress): Promise<void> {
  const { client, namespace } = temporal;
  const handle = client.workflow.getHandle(`bot/${botId}`);
  const { workflowId, runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const watched = events!.findIndex(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'observe',
  );
  const { eventId } = events!
    .slice(0, watched)
    .findLast((event) => event.workflowTaskCompletedEventAttributes)!;
  await client.workflowService.resetWorkflowExecution({
    ...{ namespace, workflowExecution: { workflowId, runId }, requestId: randomUUID() },
    ...{ reason: 'a drill', workflowTaskFinishEventId: eventId! },
  });
}

/** Seals a key that the exchange does not know into the owner's account; what is returned puts the good one back. */
async function loseKey({ knex, vault, account, owner }: Stack): Promise<() => Promise<unknown>> {
  const { id, exchange, kind, sealed } = account;
  const wrong = vault.seal(
    { apiKey: 'no-such-key', secret: 'x' },
    { accountId: id, userId: owner.id, exchange, kind },
  );
  const put = (bytes: Buffer) =>
    knex('exchange_accounts').where({ id }).update({ sealed: bytes, updated_at: new Date() });
  await put(wrong.sealed);
  return () => put(sealed);
}
