import { randomUUID } from 'node:crypto';
import test from 'ava';
import { ActivityLog } from '../db/models/activity-log.ts';
import type { Position } from '../bots/position.ts';
import type { Reason } from '../bots/strategy.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import { CommandRefused, type BotAddress } from './client.ts';
import { QUERIES, SIGNALS, type BotChange, type Command, type StatusView } from './messages.ts';

test.serial('signals do what the commands do, once for each command id, and never fail', async (t) => {
  const stack = await startStack(t);
  const { tell, resting, status, atRest } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  const handle = handleOf(stack, bot);
  for (let times = 0; times < 5; times++) await handle.signal(SIGNALS.pause, { commandId: 'pause-1' });
  await status(bot, 'PAUSED');
  await atRest(bot);
  // Not allowed while paused: nothing happens, and nothing breaks.
  await handle.signal(SIGNALS.start);
  await handle.signal(SIGNALS.resume);
  await status(bot, 'ACTIVE');
  await handle.signal(SIGNALS.pause, { commandId: 'pause-1' });
  await resting(bot, 'BUY');
  await handle.signal(SIGNALS.stop, { commandId: 'stop-1' });
  await status(bot, 'STOPPED');
  await atRest(bot);
  t.deepEqual(await logs(stack, bot), [
    'Bot started for BTC/USDT on Binance',
    'Bot paused for BTC/USDT on Binance',
    'Bot resumed for BTC/USDT on Binance',
    'Bot stopped for BTC/USDT on Binance',
  ]);
});

test.serial('a start signal with its workflow begins a bot while no worker runs', async (t) => {
  const stack = await startStack(t, { worker: false });
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await stack.temporal.client.workflow.signalWithStart('bot', {
    workflowId: `bot/${bot.botId}`,
    taskQueue: 'bots',
    args: [bot],
    signal: SIGNALS.start,
    signalArgs: [{ commandId: 'start-1' }],
  });
  await stack.startWorkers();
  await steps(stack).resting(bot, 'BUY');
  t.deepEqual(await logs(stack, bot), ['Bot started for BTC/USDT on Binance']);
});

test.serial('a command repeated under its id is answered and not carried out again', async (t) => {
  const stack = await startStack(t);
  const { resting, stop } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  const start: Command = { name: 'start', commandId: randomUUID() };
  const answers = await Promise.all(Array.from({ length: 5 }, () => stack.bots.command(bot, start)));
  for (const answer of answers) t.deepEqual(answer, { status: 'ACTIVE', changed: true });
  await resting(bot, 'BUY');
  await stop(bot);
  await stack.bots.command(bot, start);
  t.is((await view(stack, bot)).status, 'STOPPED');
  // The signal of the same name knows the id too.
  await handleOf(stack, bot).signal(SIGNALS.start, { commandId: start.commandId });
  t.is((await view(stack, bot)).status, 'STOPPED');
});

test.serial(
  'a command that the status does not allow is refused with what is, and leaves no trace',
  async (t) => {
    const stack = await startStack(t);
    const { tell } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    t.deepEqual(await steps(stack).stop(bot), { status: 'STOPPED', changed: false });
    const handle = handleOf(stack, bot);
    const before = (await handle.describe()).historyLength;
    await t.throwsAsync(tell(bot, 'pause'), {
      name: 'CommandRefused',
      message: 'The bot is stopped: only an active bot can be paused',
    });
    await t.throwsAsync(tell(bot, 'resume'), {
      name: 'CommandRefused',
      message: 'The bot is stopped: start it instead of resuming it',
    });
    t.is((await handle.describe()).historyLength, before, 'a validator writes no history');
    await tell(bot, 'start');
    await tell(bot, 'pause');
    await t.throwsAsync(tell(bot, 'start'), { name: 'CommandRefused', message: /resume it/ });
  },
);

test.serial('queries tell status, position and reasons of a running bot, and the UI its story', async (t) => {
  const stack = await startStack(t);
  const { tell, price, resting } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  const handle = handleOf(stack, bot);
  await stack.until('the position to be told', async () => {
    const { quantity } = await handle.query<Position>(QUERIES.position);
    return quantity === '0.01';
  });
  t.like(await view(stack, bot), {
    status: 'ACTIVE',
    ending: null,
    error: null,
    unresolved: [],
    sequence: 2,
  });
  const reasons = await handle.query<Reason[]>(QUERIES.reasons);
  t.true(reasons.every(({ code, detail, at }) => code !== undefined && detail !== '' && at > 0));
  const { staticSummary } = await handle.describe();
  t.is(await staticSummary?.(), 'ping-pong on BTC/USDT at Binance');
  const told = await handle.query<string>('__temporal_workflow_metadata').catch((error: Error) => error);
  t.regex(JSON.stringify(told), /ACTIVE.*Position 0\.01/);
  t.true((await summaries(stack, bot)).includes('BUY 0.01 BTC/USDT'));
});

function handleOf({ temporal }: Stack, { botId }: BotAddress) {
  return temporal.client.workflow.getHandle(`bot/${botId}`);
}

function view(stack: Stack, bot: BotAddress): Promise<StatusView> {
  return handleOf(stack, bot).query<StatusView>(QUERIES.status);
}

/** What the log says of commands, oldest first. */
async function logs({ knex }: Stack, { botId }: BotAddress): Promise<string[]> {
  const rows = await ActivityLog.query(knex).where({ bot_id: botId }).orderBy('timestamp');
  return rows
    .map(({ message }) => message)
    .filter((message) => /^Bot (started|paused|resumed|stopped)/.test(message));
}

/** What is shown beside the activities. */
async function summaries(stack: Stack, bot: BotAddress): Promise<string[]> {
  const history = await handleOf(stack, bot).fetchHistory();
  return (history.events ?? []).flatMap(({ userMetadata }) => {
    const data = userMetadata?.summary?.data;
    return data ? [JSON.parse(Buffer.from(data).toString()) as string] : [];
  });
}

test.serial(
  'a change that no longer goes with the bot is refused, and holds up no other command',
  async (t) => {
    const stack = await startStack(t);
    const { tell } = steps(stack);
    const bot = await stack.addBot(EXAMPLE);
    const configure = (change: BotChange) =>
      stack.bots.command(bot, { name: 'configure', commandId: randomUUID(), change });
    await tell(bot, 'start');
    await configure({ buy_price: '45900' });
    await t.throwsAsync(configure({ sell_price: '45500' }), { instanceOf: CommandRefused });
    t.like(await tell(bot, 'pause'), { status: 'PAUSED' });
  },
);
