import test from 'ava';
import { clientOrderId } from '../../bots/ids.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { FillRow } from '../../db/models/fill.ts';
import { engageSwitch } from '../../db/kill-switch.ts';
import { Order } from '../../db/models/order.ts';
import { PositionRow } from '../../db/models/position.ts';
import { looseActivities } from '../../runtime/testing/activities.ts';
import { RESTING_BUY, tradeAgainst } from '../../runtime/testing/orders.ts';
import { startStack, type Stack } from '../../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../../runtime/testing/steps.ts';

const OFTEN = { reconcileEvery: 500 };

test.serial(
  'an order of ours that the record lost is adopted and taken back at the next start',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, resting, atRest } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    await stop(bot);
    await atRest(bot);
    const lost = await placeBeside(stack, t, clientOrderId({ ...bot, cycle: 1, leg: 'main', sequence: 99 }));
    await tell(bot, 'start');
    const adopted = await stack.until('the lost order to be taken back', () =>
      Order.query(stack.knex).findOne({ client_order_id: lost, status: 'CANCELLED' }),
    );
    t.like(adopted, { adopted: true, leg: 'adopted' });
    const next = await resting(bot, 'BUY');
    t.true(next.created_at > adopted.updated_at, 'nothing was placed before it was taken back');
    t.is(openIds(stack).length, 1);
  },
);

test.serial('an order whose rows were lost is adopted, and what it bought meanwhile is booked', async (t) => {
  const stack = await startStack(t, { worker: false });
  const { tell, resting, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  const workers = await stack.startWorkers();
  await tell(bot, 'start');
  const { client_order_id: id } = await resting(bot, 'BUY');
  await workers.stop();
  tradeAgainst(stack, 'SELL', '45000.5', '0.004');
  await stack.knex('orders').where({ client_order_id: id }).del();
  await stack.knex('order_intents').where({ client_order_id: id }).del();
  await stack.startWorkers();
  const [bought] = await trades(bot, 1);
  t.like(bought, { side: 'BUY', quantity: '0.00400000' });
  t.like(await Order.query(stack.knex).findById(id), { adopted: true, status: 'CANCELLED' });
  t.is(Number((await PositionRow.query(stack.knex).findById(bot.botId))?.quantity), 0.004);
  await resting(bot, 'BUY');
});

test.serial(
  'orders that are not ours are listed and never touched, whatever happens to the bot',
  async (t) => {
    const stack = await startStack(t, { timing: OFTEN });
    const { tell, stop, resting, atRest } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await placeBeside(stack, t, 'by-hand');
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    const session = await stack.until('the order to be listed', async () => {
      const row = await BotSessionState.query(stack.knex).findById(bot.botId);
      return row && row.external_orders.length > 0 && row;
    });
    t.like(session.external_orders, { 0: { clientOrderId: 'by-hand', side: 'BUY' }, length: 1 });
    await engageSwitch(stack.knex, { scope: 'bot', id: bot.botId }, 'drill');
    await stop(bot, 'close');
    await atRest(bot);
    t.deepEqual(openIds(stack), ['by-hand']);
    await tell(bot, 'retire');
    t.deepEqual(openIds(stack), ['by-hand']);
  },
);

test.serial('P4: a fill that happened while no worker ran is recorded when one does', async (t) => {
  const stack = await startStack(t, { worker: false });
  const { tell, price, resting, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  const workers = await stack.startWorkers();
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  await workers.stop();
  price('45000');
  price('45500');
  await stack.startWorkers();
  const [bought] = await trades(bot, 1);
  t.is(bought?.side, 'BUY');
  await resting(bot, 'SELL');
});

test.serial('P4: a dropped user stream loses no fill', async (t) => {
  const stack = await startStack(t);
  const { tell, price, resting, trades, watching } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  await watching(bot);
  t.true(stack.exchange.control.dropUserStreams(stack.account.id) > 0);
  price('45000');
  t.is((await trades(bot, 1))[0]?.side, 'BUY');
});

test.serial('P4: events that never come are made up for by the next comparison', async (t) => {
  const stack = await startStack(t, { timing: OFTEN });
  const { tell, price, resting, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  stack.exchange.control.addFault({ kind: 'withheld_events', match: {} });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  t.is((await trades(bot, 1))[0]?.side, 'BUY');
});

for (const kind of ['duplicate_events', 'out_of_order_events'] as const)
  test.serial(`P4: ${kind.replaceAll('_', ' ')} leave one row for each fill`, async (t) => {
    const stack = await startStack(t);
    const { tell, price, resting, trades } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    stack.exchange.control.addFault({ kind, match: {} });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    tradeAgainst(stack, 'SELL', '45000.5', '0.004');
    price('45000');
    await resting(bot, 'SELL');
    price('46000');
    await trades(bot, 2);
    const fills = await FillRow.query(stack.knex).where({ bot_id: bot.botId });
    t.is(fills.length, stack.exchange.control.effects(stack.account.id).fills);
    t.is(new Set(fills.map((fill) => fill.trade_id)).size, fills.length);
  });

function openIds({ exchange, account }: Stack): string[] {
  return exchange.engine.openOrders(account.id, 'BTCUSDT').map((order) => order.clientOrderId);
}

/** Places a resting order with the owner's own keys, past every bot. */
async function placeBeside(
  stack: Stack,
  t: Parameters<typeof looseActivities>[0],
  id: string,
): Promise<string> {
  const { exchange } = await looseActivities(t, stack);
  const { side, type, quantity } = RESTING_BUY;
  const order = { symbol: 'BTC/USDT', clientOrderId: id, side, type, quantity, price: '44000' };
  await exchange.place({ ...order, sendBefore: Date.now() + 60_000 });
  return id;
}
