import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import { freshDatabase } from '../runtime/testing/database.ts';
import { botWithAccount } from '../runtime/testing/rows.ts';
import { ActivityLog } from './models/activity-log.ts';
import { Bot } from './models/bot.ts';
import { BotSessionState } from './models/bot-session-state.ts';
import { Event } from './models/event.ts';
import { FillRow } from './models/fill.ts';
import { Order } from './models/order.ts';
import { PositionRow } from './models/position.ts';
import { Trade } from './models/trade.ts';
import { recordOrder, StaleWrite, type OrderRecord } from './record-order.ts';

test('an order that filled leaves fills, order, position, session, trade, totals, log and event together', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  t.is(await recordOrder(knex, record), 2);

  const bot = await Bot.query(knex).findById(record.bot.id).throwIfNotFound();
  t.like(bot, { pnl: '12.50000000', total_trades: 1 });
  t.deepEqual(bot.last_fill_time, new Date(record.trade!.executedAt));
  t.like(await Order.query(knex).findById(record.order.clientOrderId), {
    status: 'FILLED',
    filled: '0.020000000000',
  });
  t.like(await PositionRow.query(knex).findById(bot.id), { quantity: '0.02', cost: '900', realised: '12.5' });
  t.like(await BotSessionState.query(knex).findById(bot.id), {
    turn: 3,
    version: 1,
    state: { phase: 'sell' },
  });
  t.like(await Trade.query(knex).findOne({ bot_id: bot.id }), {
    price: '45000.00000000',
    commission: '0.90000000',
  });
  t.is(await FillRow.query(knex).where({ bot_id: bot.id }).resultSize(), 2);
  const log = await ActivityLog.query(knex)
    .findOne({ level: 'SUCCESS', bot_id: bot.id })
    .where('message', 'like', 'BUY%');
  t.is(log?.message, 'BUY filled: 0.02 BTC/USDT @ 45000');
  t.is(await Event.query(knex).where({ type: 'bot.trade' }).resultSize(), 1);
});

test('the same order recorded again adds nothing', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  await recordOrder(knex, record);
  t.is(await recordOrder(knex, { ...record, fills: [], turn: 4, version: 1 }), 0);
  t.like(await Bot.query(knex).findById(record.bot.id), { pnl: '12.50000000', total_trades: 1 });
  t.is(await Trade.query(knex).resultSize(), 1);
  t.is(await Event.query(knex).where({ type: 'bot.trade' }).resultSize(), 1);
});

test('a fill that is on record is never counted again: nothing is written', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  await recordOrder(knex, record);
  const twice = { ...record, turn: 4, version: 1, position: { ...record.position, quantity: '0.04' } };
  await t.throwsAsync(recordOrder(knex, twice), { message: /fills_trade_key/ });
  t.like(await PositionRow.query(knex).findById(record.bot.id), { quantity: '0.02' });
});

test('both orders of a trade of the account with itself keep their fill, though it has one id', async (t) => {
  const { knex } = await freshDatabase(t);
  const [one, other] = [await filledOrder(knex), await filledOrder(knex)];
  t.is(await recordOrder(knex, one), 2);
  t.is(await recordOrder(knex, { ...other, accountId: one.accountId }), 2);
  t.is(
    await FillRow.query(knex).where({ trade_id: '1', exchange_account_id: one.accountId }).resultSize(),
    2,
  );
});

test("two orders under one of the venue's ids are two trades", async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  const next = await filledOrder(knex, record);
  await recordOrder(knex, record);
  await recordOrder(knex, { ...next, version: 1 });
  t.is(await Trade.query(knex).where({ bot_id: record.bot.id, exchange_order_id: '77' }).resultSize(), 2);
  t.like(await Bot.query(knex).findById(record.bot.id), { total_trades: 2 });
});

test('what people should know of an order is written once, as a warning', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = { ...(await filledOrder(knex)), warning: 'not known any more' };
  await recordOrder(knex, record);
  await recordOrder(knex, { ...record, fills: [], turn: 4, version: 1 });
  const warnings = await ActivityLog.query(knex).where({ bot_id: record.bot.id, level: 'WARNING' });
  t.deepEqual(
    warnings.map(({ message }) => message),
    ['not known any more'],
  );
});

test('a writer of an older turn, or who read before somebody else wrote, writes nothing at all', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  await BotSessionState.query(knex).insert({ bot_id: record.bot.id, turn: 9, version: 5 });
  await t.throwsAsync(recordOrder(knex, { ...record, turn: 8, version: 5 }), { instanceOf: StaleWrite });
  await t.throwsAsync(recordOrder(knex, { ...record, turn: 9, version: 4 }), { instanceOf: StaleWrite });
  t.is(await FillRow.query(knex).resultSize(), 0);
  t.is(await Trade.query(knex).resultSize(), 0);
  t.like(await Order.query(knex).findById(record.order.clientOrderId), { status: 'OPEN' });
  t.is(await recordOrder(knex, { ...record, turn: 9, version: 5 }), 2);
});

test('of writers who all read the same version exactly one writes', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => recordOrder(knex, record)));
  t.is(results.filter(({ status }) => status === 'fulfilled').length, 1);
  t.like(await Bot.query(knex).findById(record.bot.id), { total_trades: 1 });
});

test('recording inside a transaction is undone with it', async (t) => {
  const { knex } = await freshDatabase(t);
  const record = await filledOrder(knex);
  const transaction = await knex.transaction();
  await recordOrder(transaction, record);
  await transaction.rollback();
  t.is(await FillRow.query(knex).resultSize(), 0);
});

/** A resting order on record, and what its two fills will write. */
async function filledOrder(knex: Knex, of?: Pick<OrderRecord, 'bot' | 'accountId'>): Promise<OrderRecord> {
  const { bot, accountId } = of ?? (await owned(knex));
  const order = { clientOrderId: `p-${randomUUID().slice(0, 30)}`, venueOrderId: '77' };
  await Order.query(knex).insert({
    client_order_id: order.clientOrderId,
    bot_id: bot.id,
    exchange_account_id: accountId,
    symbol: 'BTC/USDT',
    leg: 'main',
    cycle: 1,
    side: 'BUY',
    type: 'LIMIT',
    price: '45000',
    quantity: '0.02',
    status: 'OPEN',
  });
  const half = {
    orderId: '77',
    side: 'BUY',
    price: '45000',
    quantity: '0.01',
    fee: '0.45',
    feeAsset: 'USDT',
  } as const;
  const fill = { ...half, clientOrderId: order.clientOrderId, maker: true, at: AT, realised: null };
  return {
    bot,
    accountId,
    exchange: 'Binance',
    symbol: 'BTC/USDT',
    warning: null,
    turn: 3,
    version: 0,
    order: { ...order, status: 'FILLED', filled: '0.02' },
    fills: [
      { ...fill, tradeId: '1' },
      { ...fill, tradeId: '2' },
    ],
    position: { quantity: '0.02', cost: '900', realised: '12.5', otherFees: {}, dust: '0' },
    session: { phase: 'sell' },
    trade: {
      side: 'BUY',
      quantity: '0.02',
      price: '45000',
      pnl: '12.5',
      commission: '0.9',
      executedAt: AT,
      otherFees: {},
    },
  };
}

const AT = Date.parse('2026-01-01T10:00:00Z');

async function owned(knex: Knex): Promise<Pick<OrderRecord, 'bot' | 'accountId'>> {
  const { bot, account } = await botWithAccount(knex);
  return { bot, accountId: account.id };
}
