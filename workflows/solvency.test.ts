import { randomUUID } from 'node:crypto';
import test from 'ava';
import { fill, mainObserved, sweepSent } from '../bots/fund/postings.ts';
import { readFreeze } from '../db/fund/dealing.ts';
import { postEntry } from '../db/fund/post-entry.ts';
import type { NewOrder } from '../exchanges/simulated/engine/types.ts';
import { startFund, type FundStack, type Holder } from '../runtime/testing/funded-stack.ts';
import { FUND_UPDATES, FUND_WORKFLOW_ID, type FundView } from './messages.ts';

test.serial(
  'P12: a planted mismatch of the smallest unit is seen, freezes dealing and says so',
  async (t) => {
    const { fund, holder } = await funded(t);
    t.deepEqual(await fund.run('solvency'), []);
    t.is(await readFreeze(fund.knex), null);

    await postEntry(fund.knex, {
      ...mainObserved({ asset: 'USDC', amount: '0.00000001' }),
      ...{ key: 'planted', at: Date.now() },
    });
    await fund.trigger('fund/solvency');
    const freeze = await fund.until('dealing to be frozen', () => readFreeze(fund.knex));
    t.is(freeze.because, 'The main account has 1000 USDC at the exchange and 1000.00000001 in the ledger');
    t.deepEqual(await fund.knex('events').where({ type: 'fund.frozen' }).pluck('payload'), [
      { because: freeze.because },
    ]);

    // Money that comes in meanwhile waits, and is given units once somebody has put it right.
    fund.pay(holder, '500');
    await fund.run('depositMonitor');
    const held = await fund.value();
    t.regex(held.heldBecause ?? '', /^Dealing is frozen: The main account has/);
    t.like(await fund.deposits(), [{ status: 'swept' }, { status: 'credited', units: null }]);
    await postEntry(fund.knex, {
      ...mainObserved({ asset: 'USDC', amount: '-0.00000001' }),
      ...{ key: 'put right', at: Date.now() },
    });
    t.deepEqual(await fund.run('solvency'), []);
    await unfreeze(fund);
    await fund.settled('swept');
  },
);

test.serial(
  'P12: money that went without the ledger is missed on main and in every sub-account',
  async (t) => {
    const { fund, holder } = await funded(t);
    fund.pay(holder, '5');
    await fund.run('depositMonitor');
    const { engine } = fund.exchange;
    for (const [place, from] of [
      ['The main account', fund.main],
      [`The sub-account of ${holder.userId}`, holder.subAccountId],
    ] as const) {
      const move = { asset: 'USDC', amount: '0.00000001' };
      engine.move([{ ...move, from, to: fund.account.id }]);
      const [difference = ''] = (await fund.run('solvency')) as string[];
      t.true(difference.startsWith(`${place} has `), difference);
      engine.move([{ ...move, from: fund.account.id, to: from }]);
      t.deepEqual(await fund.run('solvency'), []);
    }
  },
);

test.serial('fills that are not recorded yet and money between two accounts are no mismatch', async (t) => {
  const { fund, holder } = await funded(t);
  const { knex } = fund;
  const heldBecause = async () => (await fund.value()).heldBecause ?? '';
  const { bot_id, clientOrderId, trades } = await buyUnrecorded(fund);
  const order = () => knex('orders').where({ client_order_id: clientOrderId });
  const bot = () => knex('bots').where({ id: bot_id });

  // Nothing is dealt at what it is worth without them.
  t.regex(await heldBecause(), /passed the limit of an open order/);
  await order().update({ price: '40000' });
  t.is(await heldBecause(), '');
  await order().update({ side: 'SELL' });
  t.regex(await heldBecause(), /passed the limit of an open order/);
  await order().update({ price: '60000' });
  for (const failing of [{ failures: 1 }, { status: 'ERROR' }]) {
    await bot().update(failing);
    t.regex(await heldBecause(), /is failing/);
    await bot().update({ failures: 0, status: 'ACTIVE' });
  }
  t.is(await heldBecause(), '');
  t.deepEqual(await fund.run('solvency'), []);
  t.regex(await heldBecause(), /carried out what is not on record/);

  // Booked as sent, and never sent.
  const money = { userId: holder.userId, asset: 'USDC', amount: '20' };
  fund.pay(holder, '9');
  await fund.run('depositMonitor');
  await postEntry(knex, { ...sweepSent({ ...money, amount: '9' }), key: 'sent', at: Date.now() });
  t.deepEqual(await fund.run('solvency'), []);

  const { client_order_id, symbol, side, venue_order_id } = await order().first();
  const fill = { bot_id, exchange: 'Binance', client_order_id, symbol, side, venue_order_id };
  for (const { tradeId, price, quantity } of trades)
    await knex('fills').insert({
      ...{ ...fill, price, quantity, trade_id: tradeId },
      ...{ fee_asset: 'USDC', executed_at: new Date() },
    });
  t.is(await heldBecause(), '');

  // An order that is over has no fills to come: now they are missed.
  await knex('orders').where({ bot_id, client_order_id: clientOrderId }).update({ status: 'FILLED' });
  const differences = (await fund.run('solvency')) as string[];
  t.deepEqual(
    differences.map((difference) => / has [\d.]+ (\w+) /.exec(difference)?.[1]),
    ['BTC', 'USDC'],
  );
});

test.serial(
  'a price that is missing or old, or an order in doubt, keeps deposits waiting at a provisional value',
  async (t) => {
    let later = 0;
    const { fund, holder } = await funded(t, { fund: { now: () => Date.now() + later } });
    await postEntry(fund.knex, {
      ...fill({
        base: 'BTC',
        quote: 'USDC',
        side: 'BUY',
        price: '50000',
        quantity: '0.01',
        fee: '0',
        feeAsset: 'USDC',
      }),
      ...{ key: 'bought', at: Date.now() },
    });
    t.like(await fund.value(), { heldBecause: null, value: '1000' });
    const { bot_id, clientOrderId } = await intend(fund, 'UNKNOWN');
    fund.pay(holder, '100');
    await fund.run('depositMonitor');
    t.regex((await fund.value()).heldBecause ?? '', /an order of the fund's bot/);
    t.like((await fund.deposits())[1], { status: 'credited' });
    await fund
      .knex('order_intents')
      .where({ bot_id, client_order_id: clientOrderId })
      .update({ status: 'ABSENT' });

    later = 3_600_000;
    t.regex((await fund.value()).heldBecause ?? '', /too old/);
    later = 0;
    fund.exchange.control.addFault({ kind: 'status', status: 500, match: { path: '/api/v3/ticker/24hr' } });
    t.like(await fund.value(), { heldBecause: 'There is no price of BTC now', value: '1000' });
    fund.exchange.control.clearFaults();
    t.is((await fund.value()).heldBecause, null);
    await fund.settled('swept');
    const rows = await fund.knex('nav_history').orderBy('id').pluck('provisional_because');
    t.true(rows.includes('A price is too old') && rows.at(-1) === null);
  },
);

/** A fund with one holder, who has paid in 1,000. */
async function funded(
  t: Parameters<typeof startFund>[0],
  options: Parameters<typeof startFund>[1] = {},
): Promise<{ fund: FundStack; holder: Holder }> {
  const fund = await startFund(t, options);
  const holder = await fund.holder();
  fund.pay(holder, '1000');
  await fund.run('depositMonitor');
  await fund.settled('swept');
  return { fund, holder };
}

function unfreeze({ temporal }: FundStack): Promise<FundView> {
  const fund = temporal.client.workflow.getHandle(FUND_WORKFLOW_ID);
  return fund.executeUpdate<FundView, [{ by: string }]>(FUND_UPDATES.unfreeze, {
    args: [{ by: randomUUID() }],
  });
}

/** An order of the fund's bot, on record as being sent. */
async function intend(fund: FundStack, status: 'SENDING' | 'UNKNOWN') {
  const { owner_id } = await fund.knex('fund_state').first();
  const { botId: bot_id } = await fund.addBot({
    user_id: owner_id,
    exchange_account_id: fund.main,
    ticker: 'BTC/USDC',
  });
  const clientOrderId = `x-${Math.trunc(fund.exchange.engine.now())}`;
  const order = { side: 'BUY', type: 'LIMIT', quantity: '0.01', price: '60000' };
  const row = { client_order_id: clientOrderId, bot_id, exchange_account_id: fund.main, symbol: 'BTC/USDC' };
  await fund.knex('order_intents').insert({
    ...{ ...row, ...order, status, cycle: 0, leg: 'buy', sequence: 1, reduce_only: false },
    send_before: new Date(Date.now() + 60_000),
  });
  return { ...row, ...order, clientOrderId };
}

/** The bot has bought and does not know it yet. */
async function buyUnrecorded(fund: FundStack) {
  const { clientOrderId, bot_id, side, type, quantity, price, ...row } = await intend(fund, 'SENDING');
  const order = { side, type, quantity, price, clientOrderId, symbol: 'BTCUSDC' } as unknown as NewOrder;
  const placed = fund.exchange.engine.submit(fund.main, {
    ...order,
    ...{ timeInForce: 'GTC', quoteQuantity: null, stopPrice: null },
  });
  if (placed.fills.length === 0) throw new Error('Nothing was bought');
  await fund.knex('order_intents').where({ client_order_id: clientOrderId }).update({ status: 'ACCEPTED' });
  await fund.knex('orders').insert({
    ...{ ...row, bot_id, side, type, quantity, price, leg: 'buy', cycle: 0, status: 'OPEN' },
    venue_order_id: String(placed.order.orderId),
  });
  const trades = placed.fills.map(({ tradeId, price, quantity }) => ({
    ...{ tradeId: String(tradeId), price, quantity },
  }));
  return { bot_id, clientOrderId, trades };
}
