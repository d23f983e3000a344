import { randomUUID } from 'node:crypto';
import { Bot } from '../../../db/models/bot.ts';
import { engageSwitch, releaseSwitch } from '../../../db/kill-switch.ts';
import { BotSessionState } from '../../../db/models/bot-session-state.ts';
import { Order } from '../../../db/models/order.ts';
import type { NewBot } from '../../../db/bots.ts';
import { botWorkflowId, QUEUES } from '../../../workflows/messages.ts';
import type { BotAddress } from '../../../workflows/client.ts';
import type { FaultInput } from '../../../exchanges/simulated/control/faults.ts';
import { betweenIntentAndSend, idPrefix, intentsOf, SENDING } from '../orders.ts';
import type { Stack } from '../stack.ts';
import { EXAMPLE, steps } from '../steps.ts';
import { WITHDRAWAL_COURSES } from './withdrawal-courses.ts';
import { SHORT_RUNS } from '../temporal.ts';
import { FUND_COURSES } from './fund-courses.ts';
import type { Course } from './course.ts';

const QUICK = { sendWithin: 1_000, acceptance: 5_000 };

/** Every course that is held against a change of the workflows. */
export const COURSES: readonly Course[] = [
  ofBot('bot-round-trip', {}, async (stack, bot) => {
    const { tell, stop, price, resting, trades, atRest } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    price('46000');
    await trades(bot, 2);
    await resting(bot, 'BUY');
    await stop(bot);
    await atRest(bot);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
  }),
  ofBot('bot-once', { infinite_loop: false }, async (stack, bot) => {
    const { tell, price, resting, status } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    price('46000');
    await status(bot, 'STOPPED');
  }),
  ofBot('bot-pause-resume-configure', {}, async (stack, bot) => {
    const { tell, resting, atRest } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    await tell(bot, 'pause');
    await atRest(bot);
    await tell(bot, 'resume');
    await resting(bot, 'BUY');
    await configure(stack, bot, '44000');
  }),
  ofBot('bot-signals', {}, async (stack, bot) => {
    const { tell, resting, atRest, status } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    const handle = stack.temporal.client.workflow.getHandle(botWorkflowId(bot.botId));
    await handle.signal('pause', { commandId: 'pause-1' });
    await handle.signal('pause', { commandId: 'pause-1' });
    await status(bot, 'PAUSED');
    await atRest(bot);
    await handle.signal('resume');
    await resting(bot, 'BUY');
    await handle.signal('stop', { commandId: 'stop-1', mode: 'keep' });
    await status(bot, 'STOPPED');
    await atRest(bot);
  }),
  ofBot('bot-stop-close', {}, async (stack, bot) => {
    const { tell, stop, price, resting, trades } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    await stop(bot, 'close');
    await trades(bot, 2);
    await stack.until('the close to be over', () =>
      Bot.query(stack.knex).findOne({ id: bot.botId, finishing: false }),
    );
  }),
  ofBot('bot-stop-finish', {}, async (stack, bot) => {
    const { tell, stop, price, resting, status } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    price('45000');
    await resting(bot, 'SELL');
    await stop(bot, 'finish');
    price('46000');
    await status(bot, 'STOPPED');
  }),
  ofBot('bot-unknown-order', {}, async (stack, bot) => {
    const { tell, resting, price } = steps(stack);
    strike(stack, bot, { kind: 'lost_request' });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    strike(stack, bot, { kind: 'lost_answer' });
    price('45000');
    await resting(bot, 'SELL');
  }),
  ofBot('bot-stopped-while-unknown', {}, async (stack, bot) => {
    const { tell, stop, status } = steps(stack);
    strike(stack, bot, { kind: 'delayed_acceptance', ms: 2_000 });
    await tell(bot, 'start');
    await stack.until('an unknown order', async () => (await intentsOf(stack, bot))[0]?.status === 'UNKNOWN');
    await stop(bot);
    await status(bot, 'STOPPED');
    await stack.until('the order to be taken back', () =>
      Order.query(stack.knex).findOne({ bot_id: bot.botId, status: 'CANCELLED' }),
    );
  }),
  ofBot('bot-backed-off', {}, async (stack, bot) => {
    const { tell, resting } = steps(stack);
    stack.exchange.control.addFault({
      kind: 'rate_limited',
      retryAfterSeconds: 1,
      times: 2,
      match: { ...SENDING, clientOrderIdPrefix: idPrefix(bot) },
    });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
  }),
  ofBot('bot-fenced', { trailing_percent: '1' }, async (stack, bot) => {
    const { tell, price, trades, watching } = steps(stack);
    await tell(bot, 'start');
    await watching(bot);
    for (const to of ['45000', '44000']) price(to);
    const at = { scope: 'bot', id: bot.botId } as const;
    await betweenIntentAndSend(stack, bot, {
      from: '44000',
      decide: () => price('44500'),
      meanwhile: () => engageSwitch(stack.knex, at, 'drill'),
    });
    await stack.until('the bot to say so', async () => {
      const session = await BotSessionState.query(stack.knex).findById(bot.botId);
      return session?.reasons.some(({ code }) => code === 'kill_switch');
    });
    await releaseSwitch(stack.knex, at);
    await trades(bot, 1);
  }),
  ofBot('bot-in-error', { quantity: '0.0001' }, async (stack, bot) => {
    const { tell, resting, status } = steps(stack);
    await tell(bot, 'start');
    await status(bot, 'ERROR');
    await stack.bots.command(bot, {
      name: 'configure',
      commandId: randomUUID(),
      change: { quantity: '0.01' },
    });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
  }),
  ofBot('bot-deleted', {}, async (stack, bot) => {
    const { tell, resting } = steps(stack);
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    await tell(bot, 'retire');
  }),
  {
    ...ofBot('bot-continued-as-new', {}, async (stack, bot) => {
      const { tell, stop, price, resting, trades } = steps(stack);
      await tell(bot, 'start');
      await resting(bot, 'BUY');
      await tell(bot, 'pause');
      await tell(bot, 'resume');
      await resting(bot, 'BUY');
      price('45000');
      await resting(bot, 'SELL');
      price('46000');
      await trades(bot, 2);
      await stop(bot);
    }),
    options: { temporal: SHORT_RUNS },
  },
  {
    ...ofBot('bot-continued-while-waiting', {}, async (stack, bot) => {
      const { tell, resting } = steps(stack);
      await tell(bot, 'start');
      await resting(bot, 'BUY');
      const handle = stack.temporal.client.workflow.getHandle(botWorkflowId(bot.botId));
      const { runId } = await handle.describe();
      await stack.until('the next run', async () => {
        await handle.signal('resume', { commandId: 'again and again' });
        return (await handle.describe()).runId !== runId;
      });
    }),
    options: { temporal: SHORT_RUNS },
  },
  {
    name: 'sweep',
    async run(stack) {
      await stack.addBot({ status: 'ACTIVE', updated_at: new Date(0) });
      return runOnce(stack, 'sweep');
    },
  },
  { name: 'digest', run: (stack) => runOnce(stack, 'digest') },
  { name: 'retention', run: (stack) => runOnce(stack, 'retention') },
  ...FUND_COURSES,
  ...WITHDRAWAL_COURSES,
];

function ofBot(
  name: string,
  columns: Partial<NewBot>,
  live: (stack: Stack, bot: BotAddress) => Promise<void>,
): Course {
  return {
    name,
    options: { timing: QUICK },
    async run(stack) {
      const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true, ...columns });
      await live(stack, bot);
      return botWorkflowId(bot.botId);
    },
  };
}

async function configure({ bots, knex, until }: Stack, bot: BotAddress, price: string): Promise<void> {
  await bots.command(bot, { name: 'configure', commandId: randomUUID(), change: { buy_price: price } });
  await until('the order at the new price', () =>
    Order.query(knex).findOne({ bot_id: bot.botId, status: 'OPEN', price }),
  );
}

function strike({ exchange }: Stack, bot: BotAddress, fault: FaultInput): void {
  const match = { ...SENDING, clientOrderIdPrefix: idPrefix(bot) };
  exchange.control.addFault({ ...fault, match, times: 1 });
}

async function runOnce({ temporal }: Stack, workflowType: string): Promise<string> {
  const workflowId = `schedule/${workflowType}`;
  await temporal.client.workflow.execute(workflowType, { workflowId, taskQueue: QUEUES.bots });
  return workflowId;
}
