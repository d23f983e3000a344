import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../db/connect.ts';
import { ActivityLog } from '../db/models/activity-log.ts';
import { Bot } from '../db/models/bot.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { Event } from '../db/models/event.ts';
import { FillRow } from '../db/models/fill.ts';
import { Order } from '../db/models/order.ts';
import { PositionRow } from '../db/models/position.ts';
import { Trade } from '../db/models/trade.ts';
import { recordOrder, type OrderRecord } from '../db/record-order.ts';
import { startTestPostgres, TEST_AUDIT_KEY } from '../runtime/testing/database.ts';
import { botWithAccount } from '../runtime/testing/rows.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';

const ROUNDS = 400;
const WARM_UP = 50;

/** Recording a filled order against the same rows written with one ORM call each, in turns, on one connection. */
export const recordFill: Measurement = {
  name: 'record-fill',
  what: 'recording a fill in one statement, against one ORM call a row in one transaction',
  async run() {
    const server = await startTestPostgres();
    const knex = openDatabase({ url: server.url, poolSize: 1, auditKey: TEST_AUDIT_KEY });
    try {
      return await measure(knex);
    } finally {
      await knex.destroy();
      await server.stop();
    }
  },
};

async function measure(knex: Knex): Promise<Figure[]> {
  const { bot, account } = await botWithAccount(knex);
  const times = { statement: [] as number[], orm: [] as number[] };
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const isKept = round >= WARM_UP;
    const one = await restingOrder(knex, bot, account.id, 2 * round);
    const began = performance.now();
    await recordOrder(knex, one);
    if (isKept) times.statement.push(performance.now() - began);
    const two = await restingOrder(knex, bot, account.id, 2 * round + 1);
    const beganOrm = performance.now();
    await recordByOrm(knex, two);
    if (isKept) times.orm.push(performance.now() - beganOrm);
  }
  const median = { statement: percentile(times.statement, 0.5), orm: percentile(times.orm, 0.5) };
  return [
    {
      name: 'recording a fill: faster than by ORM',
      value: median.orm / median.statement,
      unit: 'x',
      bound: { atLeast: 1.3 },
    },
    { name: 'recording a fill: one statement, p50', value: median.statement, unit: 'ms' },
    { name: 'recording a fill: ORM, p50', value: median.orm, unit: 'ms' },
  ];
}

/** The same rows under the same fence, as somebody would write them with the models. */
async function recordByOrm(
  knex: Knex,
  { bot, accountId, exchange, symbol, turn, version, order, fills, position, session, trade }: OrderRecord,
) {
  await knex.transaction(async (tx) => {
    const current = await Bot.query(tx).findById(bot.id).forNoKeyUpdate().throwIfNotFound();
    await BotSessionState.query(tx)
      .findById(bot.id)
      .where('turn', '<=', turn)
      .where({ version })
      .patch({ state: session, turn, version: version + 1, updated_at: new Date() })
      .throwIfNotFound();
    for (const fill of fills)
      await FillRow.query(tx).insert({
        bot_id: bot.id,
        exchange,
        exchange_account_id: accountId,
        symbol,
        trade_id: fill.tradeId,
        client_order_id: fill.clientOrderId,
        venue_order_id: fill.orderId,
        side: fill.side,
        price: fill.price,
        quantity: fill.quantity,
        fee: fill.fee,
        fee_asset: fill.feeAsset,
        maker: fill.maker,
        executed_at: new Date(fill.at),
      });
    const { status, filled, venueOrderId } = order;
    const changed = { status, filled, venue_order_id: venueOrderId, updated_at: new Date() };
    await Order.query(tx).findById(order.clientOrderId).patch(changed);
    const { otherFees: other_fees, ...amounts } = position;
    await PositionRow.query(tx)
      .insert({ bot_id: bot.id, ...amounts, other_fees })
      .onConflict('bot_id')
      .merge();
    if (!trade) return;
    const { side, quantity, price, pnl, commission } = trade;
    const row = { bot_id: bot.id, symbol, exchange, side, quantity, price, pnl, commission };
    await Trade.query(tx).insert({
      ...row,
      exchange_order_id: venueOrderId,
      executed_at: new Date(trade.executedAt),
    });
    await Bot.query(tx)
      .findById(bot.id)
      .patch({ total_trades: current.total_trades + 1, last_fill_time: new Date(), updated_at: new Date() });
    await ActivityLog.query(tx).insert({
      bot_id: bot.id,
      user_id: bot.user_id,
      level: 'SUCCESS',
      message: 'filled',
    });
    await Event.query(tx).insert({
      bot_id: bot.id,
      user_id: bot.user_id,
      type: 'bot.trade',
      payload: { ...order },
    });
  });
}

/** An order on record, with one fill to be written. `written` counts what was written to the session before. */
async function restingOrder(knex: Knex, bot: Bot, accountId: string, written: number): Promise<OrderRecord> {
  const clientOrderId = randomUUID();
  const common = { side: 'BUY', price: '45000', quantity: '0.02' } as const;
  await Order.query(knex).insert({
    ...common,
    client_order_id: clientOrderId,
    bot_id: bot.id,
    exchange_account_id: accountId,
    symbol: bot.ticker,
    leg: 'main',
    cycle: 1,
    type: 'LIMIT',
    status: 'OPEN',
  });
  const venueOrderId = String(written);
  const fill = {
    ...common,
    clientOrderId,
    orderId: venueOrderId,
    tradeId: venueOrderId,
    fee: '0.9',
    feeAsset: 'USDT',
  };
  const trade = {
    ...common,
    pnl: null,
    commission: '0.9',
  };
  return {
    bot,
    accountId,
    exchange: bot.exchange,
    symbol: bot.ticker,
    warning: null,
    turn: written + 1,
    version: written,
    order: { clientOrderId, venueOrderId, status: 'FILLED', filled: '0.02' },
    fills: [{ ...fill, maker: true, at: Date.now(), realised: null }],
    position: { quantity: '0.02', cost: '900', realised: '0', otherFees: {}, dust: '0' },
    session: { phase: 'sell', watermark: '45000' },
    trade: { ...trade, executedAt: Date.now(), otherFees: {} },
  };
}
