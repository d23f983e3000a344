import { randomUUID } from 'node:crypto';
import test from 'ava';
import { Bot } from '../../db/models/bot.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { Order } from '../../db/models/order.ts';
import { acceptedIds, intentsOf, SENDING, sends } from '../testing/orders.ts';
import { startStack } from '../testing/stack.ts';
import { EXAMPLE, steps } from '../testing/steps.ts';
import { keptTemporal } from './kept-servers.ts';
import { insist } from './weather.ts';
import { startWorker } from './worker-process.ts';

test('scalper-bot 40: a worker killed between placing an order and recording it leaves one order and one trade row', async (t) => {
  const stack = await startStack(t, { worker: false });
  const { tell, price, resting, trades } = steps(stack);
  const worker = await startWorker(t, stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: false });
  worker.arm({ step: 'place:sent', nth: 1, signal: 'SIGKILL' });
  const started = tell(bot, 'start');
  await worker.exited;
  t.is(acceptedIds(stack, bot).length, 1);
  t.is(await Order.query(stack.knex).resultSize(), 0, 'the exchange has it, the record does not');
  price('45000');

  await startWorker(t, stack);
  await started;
  const bought = await trades(bot, 1);
  await resting(bot, 'SELL');
  const orders = await Order.query(stack.knex).where({ bot_id: bot.botId }).orderBy('created_at');
  t.deepEqual(
    bought.map(({ side }) => side),
    ['BUY'],
  );
  t.deepEqual(
    orders.map(({ side, status }) => [side, status]),
    [
      ['BUY', 'FILLED'],
      ['SELL', 'OPEN'],
    ],
  );
  t.deepEqual(
    acceptedIds(stack, bot),
    orders.map((order) => order.client_order_id),
  );
});

test('scalper-bot 43: restarts of server and worker start no stopped bot, and an active one goes on', async (t) => {
  const server = await keptTemporal(t);
  const stack = await startStack(t, { worker: false, temporal: server });
  const { tell, stop, price, resting, atRest, trades } = steps(stack);
  const worker = await startWorker(t, stack);
  const [fresh, stopped, active] = await Promise.all([
    stack.addBot(EXAMPLE),
    stack.addBot(EXAMPLE),
    stack.addBot({ ...EXAMPLE, infinite_loop: true }),
  ]);
  await Promise.all([stopped, active].map((bot) => tell(bot, 'start')));
  await Promise.all([stopped, active].map((bot) => resting(bot, 'BUY')));
  await stop(stopped);
  await atRest(stopped);
  const before = await BotSessionState.query(stack.knex).findById(stopped.botId);
  const run = await stack.temporal.client.workflow.getHandle(`bot/${active.botId}`).describe();

  await Promise.all([worker.kill(), server.kill()]);
  await server.start();
  await startWorker(t, stack);
  price('45000');
  await resting(active, 'SELL');
  price('46000');
  await trades(active, 2);

  const after = await stack.temporal.client.workflow.getHandle(`bot/${active.botId}`).describe();
  t.is(after.runId, run.runId, 'it is the same run');
  for (const bot of [fresh, stopped])
    t.is((await Bot.query(stack.knex).findById(bot.botId))?.status, 'STOPPED');
  t.deepEqual([acceptedIds(stack, fresh).length, acceptedIds(stack, stopped).length], [0, 1]);
  t.deepEqual(await BotSessionState.query(stack.knex).findById(stopped.botId), before);
  await t.throwsAsync(stack.temporal.client.workflow.getHandle(`bot/${fresh.botId}`).describe(), {
    name: 'WorkflowNotFoundError',
  });
});

test('P1: an order whose answer was lost and whose worker was then killed is found, not sent again', async (t) => {
  const stack = await startStack(t, { worker: false });
  const { tell, price, resting, trades } = steps(stack);
  const worker = await startWorker(t, stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: false });
  stack.exchange.control.addFault({ kind: 'lost_answer', match: SENDING, times: 1 });
  worker.arm({ step: 'resolve:begun', nth: 1, signal: 'SIGKILL' });
  const started = tell(bot, 'start');
  await worker.exited;
  await startWorker(t, stack);
  await started;
  await resting(bot, 'BUY');
  t.deepEqual([sends(stack, bot), acceptedIds(stack, bot).length], [1, 1]);
  price('45000');
  t.is((await trades(bot, 1)).length, 1);
});

for (const step of ['place:begun', 'place:committed', 'place:looked-up'] as const)
  test(`P1: a worker stopped at ${step} and let go on when another has taken over sends nothing late`, async (t) => {
    const stack = await startStack(t, { worker: false });
    const { price, resting, trades } = steps(stack);
    const settings = { timing: { acceptance: 1_500 }, impatient: true };
    const zombie = await startWorker(t, stack, settings);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: false });
    zombie.arm({ step, nth: 1, signal: 'SIGSTOP' });
    const started = insist(stack.bots, bot, { name: 'start', commandId: randomUUID() });
    await zombie.stopped;
    await startWorker(t, stack, settings);
    await started;
    // What the server still hands to the one that is stopped must time out first.
    const placed = await stack.until(
      'a BUY to rest',
      () => Order.query(stack.knex).findOne({ bot_id: bot.botId, side: 'BUY', status: 'OPEN' }),
      { patienceMs: 180_000 },
    );
    t.deepEqual(acceptedIds(stack, bot), [placed.client_order_id]);

    // It does all that it woke up with before it ends.
    zombie.signal('SIGCONT');
    zombie.signal('SIGTERM');
    t.like(await zombie.exited, { by: 'code 0' });
    price('45000');
    await trades(bot, 1);
    await resting(bot, 'SELL');
    const intents = await intentsOf(stack, bot);
    t.deepEqual(
      intents.filter(({ status }) => status !== 'ABSENT').map(({ side, status }) => [side, status]),
      [
        ['BUY', 'ACCEPTED'],
        ['SELL', 'ACCEPTED'],
      ],
    );
    t.deepEqual([acceptedIds(stack, bot).length, sends(stack, bot)], [2, 2]);
  });
