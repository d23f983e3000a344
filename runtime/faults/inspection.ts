import { Decimal } from '../../bots/money.ts';
import type { Fill } from '../../bots/orders.ts';
import { foldFills } from '../../bots/position.ts';
import { Bot } from '../../db/models/bot.ts';
import { FillRow } from '../../db/models/fill.ts';
import { Order } from '../../db/models/order.ts';
import { OrderIntent } from '../../db/models/order-intent.ts';
import { PositionRow } from '../../db/models/position.ts';
import { Trade } from '../../db/models/trade.ts';
import type { AcceptedOrder } from '../../exchanges/simulated/control/effects.ts';
import type { Stack } from '../testing/stack.ts';

export interface Findings {
  /** Client order ids under which the venue accepted more than one order. */
  doubled: number;
  /** Fills of the venue that are not on record, or not as they were. */
  lost: number;
  /** All that is wrong, in words; none where all is well. */
  wrong: string[];
}

type Inspected = Pick<Stack, 'knex' | 'exchange' | 'account'>;

/** Compares the whole record with what the venue really did. Every bot must be at rest. */
export async function inspect(stack: Inspected): Promise<Findings> {
  const { doubled, accounts, forgotten } = stack.exchange.control.effects(stack.account.id);
  if (forgotten > 0) throw new Error('The exchange has forgotten orders: nothing can be concluded');
  const onVenue = new Map(
    Object.entries(accounts[stack.account.id] ?? {}).map(([id, orders]) => [id, orders[0]!]),
  );
  const lost = await lostFills(stack, onVenue);
  const wrong = [
    ...doubled.map(({ clientOrderId, accepted }) => `${clientOrderId} was accepted ${accepted} times`),
    ...lost,
    ...(await wrongOrders(stack, onVenue)),
    ...(await wrongIntents(stack, onVenue)),
    ...(await wrongBots(stack)),
  ];
  return { doubled: doubled.length, lost: lost.length, wrong };
}

async function lostFills({ knex }: Inspected, onVenue: Map<string, AcceptedOrder>): Promise<string[]> {
  const rows = await FillRow.query(knex);
  const wrong = rows
    .filter((row) => !onVenue.has(row.client_order_id))
    .map((row) => `fill ${row.trade_id} is of ${row.client_order_id}, which the venue never had`);
  for (const [id, order] of onVenue) {
    const fills = rows.filter((row) => row.client_order_id === id);
    const sum = fills.reduce((total, { quantity }) => total.add(quantity), new Decimal(0));
    if (fills.length !== order.fills || !sum.eq(order.executedQuantity))
      wrong.push(
        `${id}: the venue filled ${order.executedQuantity} in ${order.fills}, on record are ${sum.toFixed()} in ${fills.length}`,
      );
  }
  return wrong;
}

/** On Binance's words for how an order ended. */
const FINAL: Record<string, string> = { FILLED: 'FILLED', CANCELED: 'CANCELLED', EXPIRED: 'CANCELLED' };

async function wrongOrders({ knex }: Inspected, onVenue: Map<string, AcceptedOrder>): Promise<string[]> {
  const rows = new Map((await Order.query(knex)).map((row) => [row.client_order_id, row]));
  const trades = await Trade.query(knex);
  const wrong = [...rows.keys()]
    .filter((id) => !onVenue.has(id))
    .map((id) => `${id} is on record and was never on the venue`);
  for (const [id, order] of onVenue) {
    const row = rows.get(id);
    if (!row) {
      wrong.push(`${id} is on the venue (${order.status}) and not on record`);
      continue;
    }
    if (row.status !== FINAL[order.status]) wrong.push(`${id} is ${order.status}, on record ${row.status}`);
    if (!new Decimal(row.filled).eq(order.executedQuantity))
      wrong.push(`${id} has filled ${order.executedQuantity}, on record ${row.filled}`);
    const expected = new Decimal(order.executedQuantity).isZero() ? 0 : 1;
    const found = trades.filter((trade) => trade.exchange_order_id === String(order.orderId)).length;
    if (found !== expected) wrong.push(`${id} has ${found} rows in trades`);
  }
  return wrong;
}

async function wrongIntents({ knex }: Inspected, onVenue: Map<string, AcceptedOrder>): Promise<string[]> {
  const wrong: string[] = [];
  for (const { client_order_id: id, status } of await OrderIntent.query(knex)) {
    const exists = onVenue.has(id);
    if (status === 'SENDING' || status === 'UNKNOWN') wrong.push(`${id} was never decided: ${status}`);
    else if (exists !== (status === 'ACCEPTED'))
      wrong.push(`${id} is ${status} and ${exists ? 'was' : 'was never'} on the venue`);
  }
  return wrong;
}

async function wrongBots({ knex }: Inspected): Promise<string[]> {
  const wrong: string[] = [];
  for (const bot of await Bot.query(knex)) {
    const [position, rows, trades] = await Promise.all([
      PositionRow.query(knex).findById(bot.id),
      FillRow.query(knex).where({ bot_id: bot.id }),
      Trade.query(knex).where({ bot_id: bot.id }),
    ]);
    const [base = '', quote = ''] = bot.ticker.split('/');
    const fold = foldFills(
      rows.toSorted((one, other) => Number(one.trade_id) - Number(other.trade_id)).map(fillOf),
      { base, quote },
    );
    const held = new Decimal(position?.quantity ?? 0).add(position?.dust ?? 0);
    const realised = new Decimal(position?.realised ?? 0);
    if (!held.eq(fold.quantity) || !realised.eq(fold.realised))
      wrong.push(
        `bot ${bot.id} holds ${held.toFixed()}, realised ${realised.toFixed()}; its fills say ${fold.quantity}, ${fold.realised}`,
      );
    const pnl = trades.reduce((sum, trade) => sum.add(trade.pnl ?? 0), new Decimal(0));
    if (bot.total_trades !== trades.length || !pnl.eq(bot.pnl))
      wrong.push(
        `bot ${bot.id} counts ${bot.total_trades} trades, pnl ${bot.pnl}; its trades are ${trades.length}, ${pnl.toFixed()}`,
      );
    if (bot.status !== 'STOPPED') wrong.push(`bot ${bot.id} is ${bot.status}: ${bot.error}`);
  }
  return wrong;
}

function fillOf(row: FillRow): Fill {
  return {
    tradeId: row.trade_id,
    orderId: row.venue_order_id,
    side: row.side,
    price: row.price,
    quantity: row.quantity,
    fee: row.fee,
    feeAsset: row.fee_asset,
    maker: row.maker,
    at: row.executed_at.getTime(),
  };
}
