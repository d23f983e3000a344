import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import type { AccountName } from '../../bots/fund/account-names.ts';
import type { Side } from '../../bots/orders.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { addFundBot } from '../../runtime/testing/fund.ts';
import { botWithAccount } from '../../runtime/testing/rows.ts';
import { shared } from '../../runtime/testing/shared.ts';
import type { Bot } from '../models/bot.ts';
import type { ExchangeAccount } from '../models/exchange-account.ts';
import { Order } from '../models/order.ts';
import { recordOrder, StaleWrite, type OrderRecord } from '../record-order.ts';
import { checkLedger } from './check-ledger.ts';
import { accountBalance } from './ledger-balances.ts';
import { listFundTrades, sumFundTrades } from './trading-history.ts';

const AT = Date.parse('2026-01-07T10:15:00Z');
const ZERO = { main: ['0', '0'], trading: ['0', '0'], fees: ['0', '0'] };

test("fund-integration 35: an order of the fund's bot is posted fill by fill, and is one row of its trades", async (t) => {
  const { knex } = await freshDatabase(t);
  const fund = await theFund(knex);
  const buy = await restingOrder(knex, fund, 'BUY');
  // A part of it, then the rest.
  await recordOrder(knex, filled(buy, { fills: 1, version: 0 }));
  t.deepEqual(await books(knex), {
    ...ZERO,
    main: ['0.01', '-450.45'],
    trading: ['-0.01', '450'],
    fees: ['0', '0.45'],
  });
  t.is((await listFundTrades(knex, { limit: 9 })).total, 0);
  const rest = filled(buy, { fills: 2, version: 1 });
  await recordOrder(knex, { ...rest, fills: rest.fills.slice(1) });
  t.deepEqual(await books(knex), { main: ['0.02', '-900.9'], trading: ['-0.02', '900'], fees: ['0', '0.9'] });
  await recordOrder(knex, { ...rest, fills: [], version: 2 });
  const { trades, total } = await listFundTrades(knex, { limit: 9 });
  t.is(total, 1);
  t.like(trades[0], {
    ...{ symbol: 'BTCUSDC', side: 'BUY', price: '45000.000000000000', quantity: '0.020000000000' },
    ...{ profit_loss: null, fee: '0.900000000000', executed_at: new Date(AT) },
    exchange_order_id: buy.clientOrderId,
  });

  const sell = await restingOrder(knex, fund, 'SELL');
  await recordOrder(knex, filled(sell, { fills: 2, version: 3, pnl: '12.5' }));
  t.deepEqual(await books(knex), { main: ['0', '-1.8'], trading: ['0', '0'], fees: ['0', '1.8'] });
  t.like((await listFundTrades(knex, { limit: 1 })).trades[0], {
    side: 'SELL',
    profit_loss: '12.500000000000',
  });
  t.deepEqual(await sumFundTrades(knex, { currency: 'USDC' }), {
    ...{ winning: 1, losing: 0, profit: '12.5', loss: '0', capital: '0' },
  });
  t.deepEqual(await wrong(knex), []);
});

test('what is not written is not posted either: together or not at all', async (t) => {
  const { knex } = await freshDatabase(t);
  const fund = await theFund(knex);
  const record = filled(await restingOrder(knex, fund, 'BUY'), { fills: 2, version: 0 });
  await knex.transaction(async (tx) => {
    await recordOrder(tx, record);
    await tx.rollback();
  });
  t.deepEqual(await books(knex), ZERO);
  t.is(await recordOrder(knex, record), 2);
  const before = await books(knex);
  await t.throwsAsync(recordOrder(knex, { ...record, version: 1, turn: 2 }), { message: /fills_trade_key/ });
  t.deepEqual(await books(knex), before);
  const later = filled(await restingOrder(knex, fund, 'BUY'), { fills: 2, version: 7 });
  await t.throwsAsync(recordOrder(knex, later), { instanceOf: StaleWrite });
  t.deepEqual(await books(knex), before);
  t.is((await listFundTrades(knex, { limit: 9 })).total, 1);
});

test('a fill whose entry is there already, with other amounts, is not recorded: the ledger is compared first', async (t) => {
  const { knex } = await freshDatabase(t);
  const fund = await theFund(knex);
  const order = await restingOrder(knex, fund, 'BUY');
  const postings = JSON.stringify([
    { account: 'main', asset: 'BTC', amount: '5' },
    { account: 'trading', asset: 'BTC', amount: '-5' },
  ]);
  await knex.raw(`SELECT post_entry(?, 'fill', now(), '{}', ?, NULL)`, [
    `fill/${order.clientOrderId}/1`,
    postings,
  ]);
  await t.throwsAsync(recordOrder(knex, filled(order, { fills: 2, version: 0 })), {
    message: /has been posted/,
  });
  t.deepEqual(await knex('fills'), []);
});

test("what other bots do is none of the fund's", async (t) => {
  const { knex } = await freshDatabase(t);
  await theFund(knex);
  const { bot, account } = await botWithAccount(knex);
  await recordOrder(
    knex,
    filled(await restingOrder(knex, { bot, account }, 'BUY'), { fills: 2, version: 0 }),
  );
  t.is((await knex('fills')).length, 2);
  t.deepEqual(await books(knex), ZERO);
  t.deepEqual(await knex('trading_history'), []);
});

const database = shared((t) => freshDatabase(t));

test('fees in the base asset, in a third coin and rebates are posted to the last digit', async (t) => {
  const { knex } = await database(t);
  const fund = await theFund(knex);
  const record = filled(await restingOrder(knex, fund, 'BUY'), { fills: 2, version: 0 });
  const [one, other] = record.fills;
  const fills = [
    { ...one!, fee: '0.00001', feeAsset: 'BTC', price: '45000.12345678', quantity: '0.01234567' },
    { ...other!, fee: '-0.002', feeAsset: 'BNB' },
  ];
  await recordOrder(knex, { ...record, fills });
  const of = (account: AccountName, asset: string) => accountBalance(knex, { account, asset });
  t.is(await of('main', 'BTC'), '0.02233567');
  t.is(await of('main', 'USDC'), '-1005.5566741566651426');
  t.is(await of('main', 'BNB'), '0.002');
  t.is(await of('fees', 'BTC'), '0.00001');
  t.deepEqual(await wrong(knex), []);
});

interface Whose {
  bot: Bot;
  account: ExchangeAccount;
}

interface Resting extends Whose {
  clientOrderId: string;
  side: Side;
}

async function theFund(knex: Knex): Promise<Whose> {
  const { account } = await botWithAccount(knex);
  return { bot: await addFundBot(knex, { exchange_account_id: account.id }), account };
}

async function restingOrder(knex: Knex, { bot, account }: Whose, side: Side): Promise<Resting> {
  const clientOrderId = `p-${randomUUID().slice(0, 30)}`;
  await Order.query(knex).insert({
    ...{ client_order_id: clientOrderId, bot_id: bot.id, exchange_account_id: account.id },
    ...{ symbol: bot.ticker, leg: 'main', cycle: 1, side, type: 'LIMIT', price: '45000' },
    ...{ quantity: '0.02', status: 'OPEN' },
  });
  return { bot, account, clientOrderId, side };
}

/** One or both of the two fills of an order; with both it has ended. */
function filled(
  { bot, account, clientOrderId, side }: Resting,
  { fills, version, pnl = null }: { fills: 1 | 2; version: number; pnl?: string | null },
): OrderRecord {
  const [quote, quantity] = [bot.ticker.split('/')[1]!, fills === 2 ? '0.02' : '0.01'];
  const fill = {
    ...{ clientOrderId, orderId: '77', side, price: '45000', quantity: '0.01', fee: '0.45', feeAsset: quote },
    ...{ maker: true, at: AT, realised: null },
  };
  const trade = { side, quantity, price: '45000', pnl, commission: '0.9', executedAt: AT, otherFees: {} };
  return {
    ...{
      bot,
      accountId: account.id,
      exchange: 'Binance',
      symbol: bot.ticker,
      warning: null,
      turn: 1,
      version,
    },
    order: { clientOrderId, venueOrderId: '77', status: fills === 2 ? 'FILLED' : 'OPEN', filled: quantity },
    fills: [{ ...fill, tradeId: '1' }, ...(fills === 2 ? [{ ...fill, tradeId: '2' }] : [])],
    position: { quantity, cost: '900', realised: '0', otherFees: {}, dust: '0' },
    session: {},
    trade: fills === 2 ? trade : null,
  };
}

/** BTC and USDC of the accounts that fills are posted to. */
async function books(knex: Knex): Promise<Record<string, string[]>> {
  const of = (account: AccountName) =>
    Promise.all(['BTC', 'USDC'].map((asset) => accountBalance(knex, { account, asset })));
  return { main: await of('main'), trading: await of('trading'), fees: await of('fees') };
}

/** What does not add up; that the fund begins with nothing to trade with is the test's doing. */
async function wrong(knex: Knex): Promise<string[]> {
  return (await checkLedger(knex)).filter((sentence) => !/less than nothing/.test(sentence));
}
