import type { Knex } from 'knex';
import type pg from 'pg';
import type { Amount } from '../bots/money.ts';
import type { Fill, OrderStatus, Side } from '../bots/orders.ts';
import type { Position } from '../bots/position.ts';
import { fillEntries } from './fund/fill-entries.ts';
import type { Bot } from './models/bot.ts';
import { RECORD_ORDER } from './record-order-sql.ts';

/** A fill that is not on record yet. */
export interface NewFill extends Fill {
  clientOrderId: string;
  /** What it realised, in quote; null where it opened. */
  realised: Amount | null;
}

/** The one row in `trades` of an order that ended with something filled. */
export interface NewTrade {
  side: Side;
  quantity: Amount;
  /** Average price. */
  price: Amount;
  /** Null for a trade that opens. */
  pnl: Amount | null;
  /** In quote. */
  commission: Amount;
  /** Epoch ms. */
  executedAt: number;
  /** Fees in third coins, by asset. */
  otherFees: Record<string, Amount>;
}

export interface OrderRecord {
  bot: Pick<Bot, 'id' | 'user_id'>;
  accountId: string;
  exchange: string;
  /** The order's, whatever the bot trades by now. */
  symbol: string;
  /** The caller's turn: where a later one has written, nothing is written. */
  turn: number;
  /** `bot_session_states.version` as the caller read it; 0 where there was no row. */
  version: number;
  order: { clientOrderId: string; venueOrderId: string | null; status: OrderStatus; filled: Amount };
  fills: NewFill[];
  position: Position;
  /** The session's state past these fills, plain JSON. */
  session: unknown;
  /** Given once the order is final with something filled. */
  trade: NewTrade | null;
  /** What people should know of the order beside its fills, at most 500 characters. */
  warning: string | null;
}

/** Somebody else has written since the caller read, or a later turn has begun: read again. Nothing was written. */
export class StaleWrite extends Error {
  override readonly name = 'StaleWrite';
}

/**
 * What one order did, all of it or nothing, in one statement and one round trip: fills, order, position, session, trade,
 * the bot's totals, log and event; for the fund's bot its ledger and its list of trades as well. Repeating it without the fills adds nothing; a fill that is on record is an error. Returns how many
 * fills were written.
 */
export async function recordOrder(knex: Knex, record: OrderRecord): Promise<number> {
  const connection = (await knex.client.acquireConnection()) as pg.Client;
  try {
    const { rows } = await connection.query<{ written: number; fills: number }>({
      name: 'record-order',
      text: RECORD_ORDER,
      values: valuesOf(record),
    });
    if (!rows[0]?.written) throw new StaleWrite(`Bot ${record.bot.id} has been written to since it was read`);
    return rows[0].fills;
  } finally {
    await knex.client.releaseConnection(connection);
  }
}

function valuesOf({
  bot,
  accountId,
  exchange,
  symbol,
  turn,
  version,
  order,
  fills,
  position,
  session,
  trade,
  warning,
}: OrderRecord): unknown[] {
  return [
    bot.id,
    bot.user_id,
    accountId,
    exchange,
    symbol,
    turn,
    version,
    JSON.stringify(session),
    JSON.stringify({ ...position, ...order }),
    JSON.stringify(fills.map((fill) => ({ ...fill, at: new Date(fill.at).toISOString() }))),
    trade && JSON.stringify({ ...trade, executedAt: new Date(trade.executedAt).toISOString() }),
    trade && logMessage(trade, symbol),
    trade ? 'bot.trade' : 'bot.order',
    JSON.stringify({
      clientOrderId: order.clientOrderId,
      status: order.status,
      filled: order.filled,
      trade: trade && { ...trade, symbol, exchange, venueOrderId: order.venueOrderId },
      position: { quantity: position.quantity, cost: position.cost, realised: position.realised },
    }),
    warning,
    JSON.stringify(fillEntries(fills, symbol)),
  ];
}

function logMessage({ side, quantity, price }: NewTrade, symbol: string): string {
  return `${side} filled: ${quantity} ${symbol} @ ${price}`.slice(0, 500);
}
