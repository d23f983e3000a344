import test, { type ExecutionContext } from 'ava';
import { clientOrderId } from '../bots/ids.ts';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Order } from '../db/models/order.ts';
import { PositionRow } from '../db/models/position.ts';
import { Trade } from '../db/models/trade.ts';
import { looseActivities } from '../runtime/testing/activities.ts';
import { RESTING_BUY, tradeAgainst } from '../runtime/testing/orders.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { FAILURES } from '../workflows/messages.ts';
import type { Timing } from './dependencies.ts';

async function scene(t: ExecutionContext, timing: Partial<Timing> = {}) {
  const stack = await startStack(t, { worker: false });
  const activities = await looseActivities(t, stack, { timing });
  const bot = await stack.addBot({ status: 'ACTIVE' });
  const { botId } = bot;
  const { run, trading, ledger } = activities;
  const status = { botId, commandId: null, finishing: false, log: null, error: null };
  await run(ledger.setStatus, { ...status, version: 1, status: 'STOPPED' });
  await run(ledger.setStatus, { ...status, version: 2, status: 'ACTIVE' });
  const id = clientOrderId({ botId, cycle: 1, leg: 'main', sequence: 1 });
  await run(trading.place, { botId, clientOrderId: id, sequence: 1, intent: RESTING_BUY });
  const record = (turn = 1) => run(trading.record, { botId, clientOrderId: id, turn });
  const cancel = () => run(trading.cancel, { botId, clientOrderId: id });
  const held = async () => Number((await PositionRow.query(stack.knex).findById(botId))?.quantity ?? 0);
  /** The venue has never heard of the order that the record has. */
  const forget = async () => {
    await cancel();
    const unheard = clientOrderId({ botId, cycle: 1, leg: 'main', sequence: 77 });
    await stack.knex('orders').where({ client_order_id: id }).update({ client_order_id: unheard });
    await stack.knex('fills').where({ client_order_id: id }).update({ client_order_id: unheard });
    return {
      clientOrderId: unheard,
      record: () => run(trading.record, { botId, clientOrderId: unheard, turn: 2 }),
    };
  };
  return { ...activities, stack, bot, botId, id, record, cancel, held, forget };
}

test.serial('an order that its venue has forgotten ends with the fills on record, and says so', async (t) => {
  const { stack, botId, record, forget, held } = await scene(t, { forgottenAfter: 0 });
  tradeAgainst(stack, 'SELL', '45000', '0.004');
  await record();
  const { clientOrderId: unheard, record: recordForgotten } = await forget();
  t.like(await recordForgotten(), { status: 'CANCELLED', fills: 0 });
  t.like(await Order.query(stack.knex).findById(unheard), { status: 'CANCELLED', filled: '0.004000000000' });
  t.is(await held(), 0.004);
  t.like(await Trade.query(stack.knex).findOne({ bot_id: botId }), {
    quantity: '0.00400000',
    client_order_id: unheard,
  });
  const [warning] = await ActivityLog.query(stack.knex).where({ bot_id: botId, level: 'WARNING' });
  t.regex(warning?.message ?? '', /does not know the BUY of 0\.01 BTC\/USDT .* with 0\.004 filled\. Compare/);
});

test.serial('an order that its venue does not show yet is waited for', async (t) => {
  const { stack, forget } = await scene(t);
  const { clientOrderId: unheard, record } = await forget();
  t.like(await t.throwsAsync(record()), { type: 'NotShownYet', nonRetryable: false });
  t.like(await Order.query(stack.knex).findById(unheard), { status: 'OPEN' });
});

test.serial(
  'an order is taken back and booked where it was placed, whatever the bot trades by now',
  async (t) => {
    const { stack, botId, id, record, cancel } = await scene(t);
    tradeAgainst(stack, 'SELL', '45000', '0.004');
    await stack.knex('bots').where({ id: botId }).update({ ticker: 'ETH/USDT', exchange_account_id: null });
    await cancel();
    t.like(await Order.query(stack.knex).findById(id), { symbol: 'BTC/USDT' });
    await stack.knex('bots').where({ id: botId }).update({ exchange_account_id: stack.account.id });
    t.like(await record(), { status: 'CANCELLED', fills: 1 });
    t.like(await Trade.query(stack.knex).findOne({ bot_id: botId }), { symbol: 'BTC/USDT' });
  },
);

test.serial('an order is taken back and booked whatever the settings say', async (t) => {
  const { run, trading, stack, botId, id, record, cancel, held } = await scene(t);
  tradeAgainst(stack, 'SELL', '45000', '0.004');
  await stack.knex('bots').where({ id: botId }).update({ protections: '{"stopLoss":"x"}' });
  t.deepEqual(await run(trading.windDown, { botId, mode: 'close' }), { cancel: [id], close: null });
  await cancel();
  t.like(await record(), { status: 'CANCELLED', fills: 1 });
  t.like(await run(trading.windDown, { botId, mode: 'close' }), {
    close: { side: 'SELL', quantity: '0.004' },
  });
  t.is(await held(), 0.004);
  const session = await stack.knex('bot_session_states').where({ bot_id: botId }).first();
  t.like(session.state.strategy, { filled: '0.004' });
});

test.serial('a rest that no order can close holds a bot to no market', async (t) => {
  const { run, trading, ledger, stack, botId, cancel, record, held } = await scene(t);
  await cancel();
  await record();
  await stack.knex('positions').where({ bot_id: botId }).update({ quantity: '0.000004', cost: '0.18' });
  t.deepEqual(await run(trading.windDown, { botId, mode: 'close' }), { cancel: [], close: null });
  t.is(await held(), 0);
  t.is(Number((await PositionRow.query(stack.knex).findById(botId))?.dust), 0.000004);
  await t.notThrowsAsync(
    run(ledger.configure, { botId, commandId: 'change', change: { ticker: 'ETH/USDT' } }),
  );
});

test.serial('a record of an older turn is outlived for good', async (t) => {
  const { record } = await scene(t);
  await record(9);
  t.like(await t.throwsAsync(record(8)), { type: FAILURES.outlived, nonRetryable: true });
  await t.notThrowsAsync(record(9));
});
