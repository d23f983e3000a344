import test from 'ava';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { insertLog } from '../db/logs.ts';
import { ensureSchedules } from './schedules.ts';
import { startStack, type Stack } from './testing/stack.ts';
import { EXAMPLE, steps } from './testing/steps.ts';

const LONG_AGO = { updated_at: new Date(0) };

test.serial('the sweep owns up to runs that ended, touches no other bot and starts none', async (t) => {
  const stack = await startStack(t);
  const { tell, resting, status } = steps(stack);
  const [ended, running, young] = [
    await stack.addBot({ ...EXAMPLE, infinite_loop: true }),
    await stack.addBot({ ...EXAMPLE, infinite_loop: true }),
    // Its run may not be listed yet.
    await stack.addBot({ status: 'ACTIVE' }),
  ];
  for (const bot of [ended, running]) {
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    await Bot.query(stack.knex).findById(bot.botId).patch(LONG_AGO);
  }
  const run = stack.temporal.client.workflow.getHandle(`bot/${ended.botId}`);
  await run.terminate('drill');
  await Promise.all([ensureSchedules(stack.temporal.client), ensureSchedules(stack.temporal.client)]);
  await triggered(stack, 'sweep');

  const row = await status(ended, 'ERROR');
  t.regex(row.error ?? '', /run has ended.*start it again/);
  t.is(await ActivityLog.query(stack.knex).where({ bot_id: ended.botId, level: 'ERROR' }).resultSize(), 1);
  const told = { bot_id: ended.botId, type: 'bot.status' };
  t.like(await stack.knex('events').where(told).orderBy('id', 'desc').first(), {
    payload: { status: 'ERROR', was: 'ACTIVE', error: row.error },
  });
  await status(running, 'ACTIVE');
  await status(young, 'ACTIVE');
  t.is((await run.describe()).status.name, 'TERMINATED');

  const before = stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length;
  t.deepEqual(await tell(ended, 'start'), { status: 'ACTIVE', changed: true });
  await steps(stack).watching(ended);
  t.is(stack.exchange.engine.openOrders(stack.account.id, 'BTCUSDT').length, before);
});

test.serial(
  'a command finds a run that ended before the sweep does, and takes nothing up by itself',
  async (t) => {
    const stack = await startStack(t);
    const { tell, resting, status } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    await stack.temporal.client.workflow.getHandle(`bot/${bot.botId}`).terminate('drill');
    await t.throwsAsync(tell(bot, 'pause'), { name: 'CommandRefused', message: /stopped by an error/ });
    t.regex((await status(bot, 'ERROR')).error ?? '', /run has ended.*start it again/);
    await steps(stack).atRest(bot);
  },
);

test.serial('retention deletes logs and command ids past their time and leaves the others', async (t) => {
  const stack = await startStack(t, { logRetentionDays: 30 });
  await stack.knex('activity_logs').del();
  for (const message of ['old', 'new']) await insertLog(stack.knex, { bot_id: null, level: 'INFO', message });
  await stack
    .knex('activity_logs')
    .where({ message: 'old' })
    .update({ timestamp: new Date(Date.now() - 31 * DAY_MS) });
  const { botId: bot_id } = await stack.addBot({});
  await stack.knex('bot_commands').insert([
    { bot_id, command_id: 'old', carried_out_at: new Date(Date.now() - 31 * DAY_MS) },
    { bot_id, command_id: 'new' },
  ]);
  const [user_id] = await stack.knex('users').pluck('id');
  const session = {
    user_id,
    user_agent: '',
    address: '',
    created_at: new Date(0),
    last_seen_at: new Date(0),
  };
  for (const days of [31, 1])
    await stack.knex('sessions').insert({ ...session, expires_at: new Date(Date.now() - days * DAY_MS) });
  for (const [email, days] of Object.entries({ old: 2, new: 0.5 }))
    await stack.knex('login_attempts').insert({ email, failed_at: [new Date(Date.now() - days * DAY_MS)] });
  await ensureSchedules(stack.temporal.client);
  await triggered(stack, 'retention');
  t.deepEqual(await stack.knex('activity_logs').where({ bot_id: null }).pluck('message'), ['new']);
  t.deepEqual(await stack.knex('bot_commands').pluck('command_id'), ['new']);
  t.is((await stack.knex('sessions')).length, 1);
  t.deepEqual(await stack.knex('login_attempts').pluck('email'), ['new']);
});

const DAY_MS = 86_400_000;

/** Lets a schedule run now, and waits for the end of it. */
async function triggered({ temporal: { client }, until }: Stack, workflowType: string): Promise<void> {
  const schedule = client.schedule.getHandle(`schedule/${workflowType}`);
  await schedule.trigger();
  await until(`${workflowType} to have run`, async () => {
    const { info } = await schedule.describe();
    const [run] = info.recentActions;
    if (run?.action.type !== 'startWorkflow') return null;
    const { workflowId } = run.action.workflow;
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED';
  });
}
