import test from 'ava';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { PositionRow } from '../db/models/position.ts';
import { acceptedIds, intentsOf, SENDING, sends } from '../runtime/testing/orders.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import type { BotAddress } from './client.ts';

test.serial('an account without the money ends in ERROR, which says what to do', async (t) => {
  const stack = await startStack(t, { account: { balances: { USDT: '100' } } });
  const { tell, status } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE });
  await tell(bot, 'start');
  const row = await status(bot, 'ERROR');
  t.regex(row.error ?? '', /insufficient balance.*Add funds or make the order smaller/);
  const log = await ActivityLog.query(stack.knex).findOne({ bot_id: bot.botId, level: 'ERROR' });
  t.true(log?.message.startsWith('BTC/USDT on Binance: '));
  t.is(sends(stack, bot), 1);
});

test.serial('an order below the minimum ends in ERROR before anything is sent', async (t) => {
  const stack = await startStack(t);
  const { tell, status } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, quantity: '0.0001' });
  await tell(bot, 'start');
  const row = await status(bot, 'ERROR');
  t.regex(row.error ?? '', /takes no order under .* 5 USDT\. Raise the quantity/);
  t.is(sends(stack, bot), 0);
});

test.serial(
  'a venue that asks for patience is asked ever less often, and the bot stays ACTIVE',
  async (t) => {
    const stack = await startStack(t);
    const { tell, resting, status } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE });
    const { control } = stack.exchange;
    control.addFault({ kind: 'rate_limited', retryAfterSeconds: 1, match: SENDING });
    await tell(bot, 'start');
    const waits = await stack.until('three waits', async () => {
      const timers = await timersOf(stack, bot);
      return timers.length >= 3 && timers.slice(0, 3);
    });
    t.deepEqual(waits, [500, 1_000, 2_000]);
    await status(bot, 'ACTIVE');
    control.clearFaults();
    await resting(bot, 'BUY');
    t.is(acceptedIds(stack, bot).length, 1);
    const refused = (await intentsOf(stack, bot)).slice(0, -1);
    t.true(refused.every((intent) => intent.status === 'REFUSED'));
  },
);

test.serial('a clock that went wrong is measured again, and the order is placed once', async (t) => {
  const stack = await startStack(t);
  const { tell, resting, status } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE });
  stack.exchange.control.skewClock(60_000);
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  stack.exchange.control.skewClock(-60_000);
  await tell(bot, 'pause');
  await steps(stack).atRest(bot);
  await tell(bot, 'resume');
  await resting(bot, 'BUY');
  await status(bot, 'ACTIVE');
  t.is(acceptedIds(stack, bot).length, 2);
});

/** What the workflow's timers were set to, ms. */
async function timersOf({ temporal }: Stack, { botId }: BotAddress): Promise<number[]> {
  const history = await temporal.client.workflow.getHandle(`bot/${botId}`).fetchHistory();
  return (history.events ?? [])
    .map((event) => event.timerStartedEventAttributes?.startToFireTimeout)
    .filter((timeout) => timeout !== null && timeout !== undefined)
    .map(({ seconds, nanos }) => Number(seconds ?? 0) * 1_000 + Number(nanos ?? 0) / 1e6);
}

test.serial(
  'a close asked for while an order is on its way is carried out though that one is refused',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, price, resting } = steps(stack);
    const { knex, exchange } = stack;
    const bot = await stack.addBot({ ...EXAMPLE, sell_price: '90000000', infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    // Far above what the venue takes, the sale is refused for good; until then it is on its way.
    exchange.control.addFault({ kind: 'delay', ms: 2_000, match: SENDING, times: 1 });
    price('45000');
    await stack.until('the sale to be on its way', () =>
      OrderIntent.query(knex).findOne({ bot_id: bot.botId, side: 'SELL', status: 'SENDING' }),
    );
    t.like(await stop(bot, 'close'), { status: 'STOPPED' });
    await stack.until('the position to be closed', () =>
      PositionRow.query(knex).findOne({ bot_id: bot.botId, quantity: '0' }),
    );
    t.like(await Bot.query(knex).findById(bot.botId), { status: 'STOPPED', error: null });
    t.like(await OrderIntent.query(knex).findOne({ bot_id: bot.botId, type: 'LIMIT', side: 'SELL' }), {
      status: 'REFUSED',
    });
  },
);
