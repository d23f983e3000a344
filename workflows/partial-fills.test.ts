import test from 'ava';
import { Order } from '../db/models/order.ts';
import { PositionRow } from '../db/models/position.ts';
import { tradeAgainst } from '../runtime/testing/orders.ts';
import { startStack } from '../runtime/testing/stack.ts';
import { EXAMPLE, steps } from '../runtime/testing/steps.ts';

test.serial(
  'what was filled before a stop is one trade, and the rest is due at the next start',
  async (t) => {
    const stack = await startStack(t);
    const { tell, stop, resting, atRest, trades } = steps(stack);
    const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
    await tell(bot, 'start');
    await resting(bot, 'BUY');
    tradeAgainst(stack, 'SELL', '45000.5', '0.004');
    await stack.until('the part to be recorded', () =>
      Order.query(stack.knex).findOne({ bot_id: bot.botId, filled: '0.004' }),
    );
    await stop(bot);
    await atRest(bot);
    const [bought] = await trades(bot, 1);
    t.like(bought, { side: 'BUY', quantity: '0.00400000', price: '45000.50000000' });

    await tell(bot, 'start');
    const rest = await resting(bot, 'BUY');
    t.is(Number(rest.quantity), 0.006);
    tradeAgainst(stack, 'SELL', '45000.5', '0.006');
    t.is(Number((await resting(bot, 'SELL')).quantity), 0.01);
    t.is((await trades(bot, 2)).length, 2);
  },
);

test.serial('a fee taken in base is not sold, and what is left of it is dust', async (t) => {
  const balances = { USDT: '10000' };
  const stack = await startStack(t, { account: { feeAsset: 'received', balances } });
  const { tell, price, resting, status, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, quantity: '0.01234', infinite_loop: false });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  // 0.01234 less 0.1 % is 0.01232766, in steps of 0.00001.
  t.is(Number((await resting(bot, 'SELL')).quantity), 0.01232);
  price('46000');
  await status(bot, 'STOPPED');
  const [bought, sold] = await trades(bot, 2);
  t.deepEqual([Number(bought?.quantity), Number(sold?.quantity)], [0.01234, 0.01232]);
  const position = await PositionRow.query(stack.knex).findById(bot.botId);
  t.deepEqual([Number(position?.quantity), Number(position?.dust)], [0, 0.00000766]);
});

test.serial('a fee in a third coin leaves the quantity whole and is told apart', async (t) => {
  const balances = { USDT: '10000', BNB: '10' };
  const stack = await startStack(t, { account: { feeAsset: 'BNB', balances } });
  const { tell, price, resting, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  t.is(Number((await resting(bot, 'SELL')).quantity), 0.01);
  const [bought] = await trades(bot, 1);
  t.is(Number(bought?.commission), 0);
  const position = await PositionRow.query(stack.knex).findById(bot.botId);
  t.deepEqual(Object.keys(position?.other_fees ?? {}), ['BNB']);
});

test.serial('an exit that is filled in parts sells no more than is left', async (t) => {
  const stack = await startStack(t);
  const { tell, stop, price, resting, atRest, trades } = steps(stack);
  const bot = await stack.addBot({ ...EXAMPLE, infinite_loop: true });
  await tell(bot, 'start');
  await resting(bot, 'BUY');
  price('45000');
  await resting(bot, 'SELL');
  tradeAgainst(stack, 'BUY', '46000', '0.003');
  await stack.until('the part to be recorded', () =>
    Order.query(stack.knex).findOne({ bot_id: bot.botId, side: 'SELL', filled: '0.003' }),
  );
  await stop(bot, 'close');
  await atRest(bot);
  const rows = await trades(bot, 3);
  t.deepEqual(
    rows.map(({ quantity }) => Number(quantity)),
    [0.01, 0.003, 0.007],
  );
  t.is(Number((await PositionRow.query(stack.knex).findById(bot.botId))?.quantity), 0);
});
