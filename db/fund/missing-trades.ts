import type { Knex } from 'knex';
import type { Fill } from '../../bots/orders.ts';
import type { Order } from '../models/order.ts';
import { fillEntries } from './fill-entries.ts';
import { postEntry } from './post-entry.ts';

/** Orders of a bot with less on record in fills than was counted of them: their ids. */
export async function ordersWithoutFills(knex: Knex, botId: string): Promise<Set<string>> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(
    `SELECT o.client_order_id AS id FROM orders o LEFT JOIN fills f ON f.client_order_id = o.client_order_id
     WHERE o.bot_id = ? AND o.filled > 0
     GROUP BY o.client_order_id HAVING coalesce(sum(f.quantity), 0) < o.filled`,
    [botId],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Writes fills of an order that have been counted (position, session and totals know of them) and are not there any more, and their
 * entries of the ledger. What each of them realised is not known again; what the order did is in its trade. Returns how many were new.
 */
export async function restoreFills(
  knex: Knex,
  { order, exchange, fills }: { order: Order; exchange: string; fills: readonly Fill[] },
): Promise<number> {
  const { client_order_id, bot_id, exchange_account_id, symbol } = order;
  const rows = fills.map(({ tradeId, orderId, side, price, quantity, fee, feeAsset, maker, at }) => ({
    ...{ client_order_id, bot_id, exchange, exchange_account_id, symbol, trade_id: tradeId },
    ...{ venue_order_id: orderId, side, price, quantity, fee, fee_asset: feeAsset, maker },
    executed_at: new Date(at),
  }));
  const own = fills.map((fill) => ({ ...fill, clientOrderId: client_order_id }));
  return knex.transaction(async (tx) => {
    const written: unknown[] = await tx('fills')
      .insert(rows)
      .onConflict(['exchange', 'exchange_account_id', 'symbol', 'trade_id', 'client_order_id'])
      .ignore()
      .returning('id');
    for (const { at, ...entry } of fillEntries(own, symbol))
      await postEntry(tx, { kind: 'fill', at: Date.parse(at), ...entry });
    return written.length;
  });
}

/** Lists the trades of the fund's bot that are missing from `trading_history`. Returns how many were. */
export async function restoreFundTrades(knex: Knex): Promise<number> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `INSERT INTO trading_history (symbol, side, price, quantity, profit_loss, fee, exchange_order_id, executed_at)
     SELECT replace(t.symbol, '/', ''), t.side, t.price, t.quantity, t.pnl, coalesce(t.commission, 0), t.client_order_id, t.executed_at
     FROM trades t JOIN bots b ON b.id = t.bot_id JOIN fund_state f ON f.owner_id = b.user_id
     WHERE t.client_order_id IS NOT NULL
     ORDER BY t.executed_at
     ON CONFLICT (exchange_order_id) DO NOTHING RETURNING id`,
  );
  return rows.length;
}

/** How many of its trades are listed: `trading_history`. */
export async function countFundTrades(knex: Knex): Promise<number> {
  const [counted] = await knex('trading_history').count<{ total: number }[]>({ total: '*' });
  return counted?.total ?? 0;
}
