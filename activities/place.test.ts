import test, { type ExecutionContext } from 'ava';
import { clientOrderId } from '../bots/ids.ts';
import { engageSwitch } from '../db/kill-switch.ts';
import { looseActivities } from '../runtime/testing/activities.ts';
import { untilLockAwaited } from '../runtime/testing/database.ts';
import { acceptedIds, intentsOf, RESTING_BUY, sends } from '../runtime/testing/orders.ts';
import { startStack, type StackOptions } from '../runtime/testing/stack.ts';
import type { Timing } from './dependencies.ts';

async function scene(
  t: ExecutionContext,
  timing: Partial<Timing> = {},
  account: NonNullable<StackOptions['account']> = {},
) {
  const stack = await startStack(t, { worker: false, account });
  const activities = await looseActivities(t, stack, { timing });
  const bot = await stack.addBot({ status: 'ACTIVE' });
  const id = clientOrderId({ botId: bot.botId, cycle: 1, leg: 'main', sequence: 1 });
  const input = { botId: bot.botId, clientOrderId: id, sequence: 1, intent: RESTING_BUY };
  return { ...activities, stack, bot, id, input };
}

test.serial('an order is committed, sent once and written as accepted', async (t) => {
  const { run, trading, stack, bot, id, input } = await scene(t);
  t.like(await run(trading.place, input), { outcome: 'accepted', status: 'OPEN' });
  t.deepEqual(acceptedIds(stack, bot), [id]);
  t.like(await intentsOf(stack, bot), { 0: { status: 'ACCEPTED', client_order_id: id }, length: 1 });
});

test.serial('an intent that exists already is never sent again, whoever began it', async (t) => {
  const { run, trading, stack, bot, id, input } = await scene(t);
  await run(trading.place, input);
  t.deepEqual(await run(trading.place, input), { outcome: 'unknown' });
  t.deepEqual([acceptedIds(stack, bot), sends(stack, bot)], [[id], 1]);
});

test.serial('an id that the venue knows is taken over, not sent', async (t) => {
  const { run, trading, exchange, stack, bot, id, input } = await scene(t);
  const { side, type, quantity, price } = RESTING_BUY;
  const order = { symbol: bot.symbol, clientOrderId: id, side, type, quantity, price };
  await exchange.place({ ...order, sendBefore: Date.now() + 60_000 });
  t.like(await run(trading.place, input), { outcome: 'accepted' });
  t.deepEqual([acceptedIds(stack, bot), sends(stack, bot)], [[id], 1]);
});

test.serial('an order that could not be sent in time is not sent', async (t) => {
  const { run, trading, stack, bot, input } = await scene(t, { sendWithin: 0 });
  t.like(await run(trading.place, input), {
    outcome: 'refused',
    failure: { code: 'too_late', final: false },
  });
  t.is(sends(stack, bot), 0);
  t.like(await intentsOf(stack, bot), { 0: { status: 'REFUSED' } });
});

test.serial('a tombstone keeps a late place from sending', async (t) => {
  const { run, trading, stack, bot, input } = await scene(t);
  const { botId } = bot;
  t.is(await run(trading.resolve, { botId, clientOrderId: input.clientOrderId }), 'ABSENT');
  t.deepEqual(await run(trading.place, input), { outcome: 'unknown' });
  t.is(sends(stack, bot), 0);
});

test.serial('under an engaged kill switch nothing is committed and nothing sent', async (t) => {
  const { run, trading, stack, bot, input } = await scene(t);
  await engageSwitch(stack.knex, { scope: 'bot', id: bot.botId }, 'drill');
  t.deepEqual(await run(trading.place, input), { outcome: 'fenced', reason: 'drill' });
  t.deepEqual([sends(stack, bot), (await intentsOf(stack, bot)).length], [0, 0]);
});

const FORBIDDEN = [
  { status: 'STOPPED' },
  { status: 'PAUSED' },
  { status: 'ERROR' },
  { status: 'ACTIVE', finishing: true },
] as const;

for (const columns of FORBIDDEN)
  test.serial(
    `an order that opens is not sent under ${JSON.stringify(columns)}, one that closes is`,
    async (t) => {
      const { run, trading, stack, bot, input } = await scene(t);
      await stack.knex('bots').where({ id: bot.botId }).update(columns);
      t.like(await run(trading.place, input), { outcome: 'fenced' });
      t.deepEqual([sends(stack, bot), (await intentsOf(stack, bot)).length], [0, 0]);
      const closing = { ...input, intent: { ...RESTING_BUY, reduceOnly: true } };
      t.like(await run(trading.place, closing), { outcome: 'accepted' });
    },
  );

test.serial('a stop is answered once no order that opens can be committed any more', async (t) => {
  const { run, trading, ledger, stack, bot, input } = await scene(t);
  const stop = {
    version: 1,
    status: 'STOPPED',
    commandId: null,
    finishing: false,
    log: null,
    error: null,
  } as const;
  // Whoever commits an intent holds the row as here.
  const committing = await stack.knex.transaction();
  await committing('bots').where({ id: bot.botId }).forShare();
  let stopped = false;
  const stopping = run(ledger.setStatus, { botId: bot.botId, ...stop }).then(() => (stopped = true));
  await untilLockAwaited(stack.knex);
  t.false(stopped);
  await committing.commit();
  await stopping;
  t.like(await run(trading.place, input), { outcome: 'fenced' });
});

test.serial('a bot whose market was changed meanwhile sends nothing decided for the old one', async (t) => {
  const stack = await startStack(t, { worker: false });
  const bot = await stack.addBot({ status: 'ACTIVE' });
  let begun = false;
  const { run, trading } = await looseActivities(t, stack, { step: () => (begun = true) });
  const id = clientOrderId({ botId: bot.botId, cycle: 1, leg: 'main', sequence: 1 });
  const held = await stack.knex.transaction();
  await held('kill_switches').where({ scope: 'global' }).forUpdate();
  const placing = run(trading.place, {
    botId: bot.botId,
    clientOrderId: id,
    sequence: 1,
    intent: RESTING_BUY,
  });
  await stack.until('the order to be about to be committed', () => begun);
  await stack.knex('bots').where({ id: bot.botId }).update({ ticker: 'ETH/USDT' });
  await held.commit();
  t.like(await placing, { outcome: 'fenced' });
  t.is(sends(stack, bot), 0);
});

test.serial('a look-up that fails has sent nothing, and says so', async (t) => {
  const { run, trading, stack, bot, input } = await scene(t);
  const match = { method: 'GET', path: '/api/v3/order' };
  stack.exchange.control.addFault({ kind: 'status', status: 503, match, times: 1 });
  t.like(await run(trading.place, input), {
    outcome: 'refused',
    failure: { code: 'unavailable', final: false },
  });
  t.is(sends(stack, bot), 0);
});

test.serial('too little money is final and says what to do', async (t) => {
  const { run, trading, input } = await scene(t, {}, { balances: { USDT: '100' } });
  const answer = await run(trading.place, input);
  t.like(answer, { outcome: 'refused', failure: { code: 'insufficient_funds', final: true } });
  t.regex(answer.outcome === 'refused' ? answer.failure.message : '', /Add funds or make the order smaller/);
});
