import test from 'ava';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { PositionRow } from '../db/models/position.ts';
import type { FaultInput } from '../exchanges/simulated/control/faults.ts';
import { acceptedIds, idPrefix, intentsOf, SENDING, sends } from '../runtime/testing/orders.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';
import { QUERIES, type StatusView } from './messages.ts';

const QUICK = { sendWithin: 1_000, acceptance: 5_000 };
/** Within the receive window, and late enough for much to happen before. */
const LATE: FaultInput = { kind: 'delayed_acceptance', ms: 3_000 };

test.serial('P1: answers lost in every way make one order each, and its fill is recorded', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, price, resting, trades } = steps(stack);
  const faults: FaultInput[] = [
    { kind: 'lost_answer' },
    { kind: 'timeout', effect: true },
    { kind: 'malformed_json' },
    { kind: 'delayed_acceptance', ms: 1_000 },
  ];
  const bots = [];
  for (const fault of faults) {
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    const match = { ...SENDING, clientOrderIdPrefix: idPrefix(bot) };
    stack.exchange.control.addFault({ ...fault, match, times: 1 });
    bots.push(bot);
    await tell(bot, 'start');
  }
  for (const bot of bots) await resting(bot, 'BUY');
  for (const bot of bots) t.deepEqual([acceptedIds(stack, bot).length, sends(stack, bot)], [1, 1]);
  price('45000');
  for (const bot of bots) {
    const [bought] = await trades(bot, 1);
    t.like(bought, { side: 'BUY', quantity: '0.01000000' });
    await resting(bot, 'SELL');
  }
  t.deepEqual(stack.exchange.control.effects(stack.account.id).doubled, []);
});

test.serial('P1: an order that never arrived is placed anew under another id', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, resting } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE });
  stack.exchange.control.addFault({ kind: 'lost_request', match: SENDING, times: 1 });
  await tell(bot, 'start');
  const order = await resting(bot, 'BUY');
  const intents = await intentsOf(stack, bot);
  t.deepEqual(
    intents.map(({ status }) => status),
    ['ABSENT', 'ACCEPTED'],
  );
  t.deepEqual(acceptedIds(stack, bot), [order.client_order_id]);
});

test.serial('an unknown order is told, blocks its own leg only, and keeps no command waiting', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, resting, status } = steps(stack);
  const { control } = stack.exchange;
  const bot = await stack.addBot({ ...EXAMPLE });
  const other = await stack.addBot({ ...EXAMPLE });
  const match = { ...SENDING, clientOrderIdPrefix: idPrefix(bot) };
  control.addFault({ ...LATE, match, times: 1 });
  await tell(bot, 'start');
  const handle = stack.temporal.client.workflow.getHandle(`bot/${bot.botId}`);
  await stack.until('the order to be known as unresolved', async () => {
    const { unresolved } = await handle.query<StatusView>(QUERIES.status);
    return unresolved.length === 1;
  });
  await stack.until('the session to say so', async () => {
    const session = await BotSessionState.query(stack.knex).findById(bot.botId);
    return session?.reasons.some(({ code }) => code === 'unknown_order_pending');
  });
  await tell(other, 'start');
  await resting(other, 'BUY');
  t.is((await tell(bot, 'pause')).status, 'PAUSED');
  t.is((await tell(bot, 'resume')).status, 'ACTIVE');
  t.is(sends(stack, bot), 1);

  await resting(bot, 'BUY');
  t.is(acceptedIds(stack, bot).length, 1);
  await stack.until('nothing to be unresolved', async () => {
    const { unresolved } = await handle.query<StatusView>(QUERIES.status);
    return unresolved.length === 0;
  });
  await status(bot, 'ACTIVE');
});

test.serial('an order found at last is taken back where the bot was stopped meanwhile', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, stop } = steps(stack);
  const { control, engine } = stack.exchange;
  const bot = await stack.addBot({ ...EXAMPLE });
  control.addFault({ ...LATE, match: SENDING, times: 1 });
  await tell(bot, 'start');
  await stack.until(
    'the order to be unknown',
    async () => (await intentsOf(stack, bot))[0]?.status === 'UNKNOWN',
  );
  t.deepEqual(await stop(bot), { status: 'STOPPED', changed: true });
  await stack.until('the order to be accepted', () => acceptedIds(stack, bot).length === 1);
  await stack.until(
    'the order to be taken back',
    () => engine.openOrders(stack.account.id, 'BTCUSDT').length === 0,
  );
  t.is(acceptedIds(stack, bot).length, 1);
});

test.serial('an order found at last while the bot is being started stays, and the bot trades', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, stop, price, resting } = steps(stack);
  const { control } = stack.exchange;
  const bot = await stack.addBot({ ...EXAMPLE });
  const handle = stack.temporal.client.workflow.getHandle(`bot/${bot.botId}`);
  const view = (what: string, isIt: (view: StatusView) => boolean) =>
    stack.until(what, async () => isIt(await handle.query<StatusView>(QUERIES.status)));
  control.addFault({ ...LATE, match: SENDING, times: 1 });
  await tell(bot, 'start');
  await stack.until(
    'the order to be unknown',
    async () => (await intentsOf(stack, bot))[0]?.status === 'UNKNOWN',
  );
  // Nobody learns of it before the start is under way.
  control.addFault({ kind: 'timeout', match: { method: 'GET', path: '/api/v3/order' } });
  await stop(bot);
  // The row does not hear of the start until the order has been found.
  const row = await stack.knex.transaction();
  await row('bots').where({ id: bot.botId }).forNoKeyUpdate().first();
  const started = tell(bot, 'start');
  await view('the start to be under way', ({ ending }) => ending === null);
  control.clearFaults();
  await view('the order to be found', ({ unresolved }) => unresolved.length === 0);
  await row.commit();
  t.is((await started).status, 'ACTIVE');
  await view('nothing to be wound down', ({ ending }) => ending === null);
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  t.is(acceptedIds(stack, bot).length, 2);
  t.is(sends(stack, bot), 2);
});

test.serial('what an unknown order bought is closed where the bot was told to close meanwhile', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, stop, price, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE });
  stack.exchange.control.addFault({ ...LATE, match: SENDING, times: 1 });
  await tell(bot, 'start');
  await stack.until(
    'the order to be unknown',
    async () => (await intentsOf(stack, bot))[0]?.status === 'UNKNOWN',
  );
  t.deepEqual(await stop(bot, 'close'), { status: 'STOPPED', changed: true });
  price('44000');
  const rows = await trades(bot, 2);
  t.deepEqual(
    rows.map(({ side, quantity }) => [side, Number(quantity)]),
    [
      ['BUY', 0.01],
      ['SELL', 0.01],
    ],
  );
  t.is(Number((await PositionRow.query(stack.knex).findById(bot.botId))?.quantity), 0);
});

test.serial('an order that could not be asked for is asked for again after a start', async (t) => {
  const stack = await startStack(t, { timing: QUICK });
  const { tell, resting, status } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE });
  const { account, owner, vault, knex } = stack;
  stack.exchange.control.addFault({ ...LATE, match: SENDING, times: 1 });
  await tell(bot, 'start');
  await stack.until(
    'the order to be unknown',
    async () => (await intentsOf(stack, bot))[0]?.status === 'UNKNOWN',
  );
  const { id: accountId, exchange, kind, sealed } = account;
  const wrong = vault.seal(
    { apiKey: 'no-such-key', secret: 'no-such-secret' },
    { accountId, userId: owner.id, exchange, kind },
  );
  await account.$query(knex).patch({ sealed: wrong.sealed, updated_at: new Date() });
  await status(bot, 'ERROR');
  await account.$query(knex).patch({ sealed, updated_at: new Date(Date.now() + 1_000) });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  t.is(acceptedIds(stack, bot).length, 1);
});
