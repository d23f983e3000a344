import type { Knex } from 'knex';
import type { Amount } from '../../bots/money.ts';
import type { Side } from '../../bots/orders.ts';

/** Orders of the fund's bot that are not final on record: the venue may know more of them. */
export interface LiveOrder {
  clientOrderId: string;
  symbol: string;
  /** Null where it is not known whether the venue has it. */
  venueOrderId: string | null;
}

/** An order of the fund's bot that the venue has, by the record. */
export interface OpenOrder {
  /** `BASE/QUOTE`. */
  symbol: string;
  side: Side;
  /** Its limit; null at market. */
  price: Amount | null;
  /** True where its bot cannot be relied on to hear of its fills. */
  isFailing: boolean;
}

/** True while an order of the fund's bot has been sent and its answer is not known. */
export async function hasOpenIntent(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: [{ open: boolean }] }>(
    `SELECT EXISTS (SELECT FROM order_intents i JOIN bots b ON b.id = i.bot_id
       JOIN fund_state f ON f.owner_id = b.user_id WHERE i.status IN ('SENDING', 'UNKNOWN')) AS open`,
  );
  return rows[0].open;
}

/** What may be filled without anybody's asking. */
export async function openOrders(knex: Knex): Promise<OpenOrder[]> {
  const { rows } = await knex.raw<{ rows: OpenOrder[] }>(
    `SELECT o.symbol, o.side, trim_scale(o.price) AS price, (b.failures > 0 OR b.status = 'ERROR') AS "isFailing"
     FROM orders o JOIN bots b ON b.id = o.bot_id JOIN fund_state f ON f.owner_id = b.user_id WHERE o.status = 'OPEN'`,
  );
  return rows;
}

/** What the venue has to be asked about, so that its balances can be compared with the ledger. */
export async function liveOrders(knex: Knex): Promise<LiveOrder[]> {
  const { rows } = await knex.raw<{ rows: LiveOrder[] }>(
    `SELECT client_order_id AS "clientOrderId", symbol, venue_order_id AS "venueOrderId" FROM (
       SELECT o.client_order_id, o.symbol, o.venue_order_id, o.bot_id FROM orders o WHERE o.status = 'OPEN'
       UNION ALL
       SELECT i.client_order_id, i.symbol, NULL, i.bot_id FROM order_intents i WHERE i.status IN ('SENDING', 'UNKNOWN')
     ) live JOIN bots b ON b.id = live.bot_id JOIN fund_state f ON f.owner_id = b.user_id`,
  );
  return rows;
}

/** The venue's ids of an order's executions that are on record. */
export async function recordedTrades(knex: Knex, clientOrderId: string): Promise<Set<string>> {
  return new Set(await knex('fills').where({ client_order_id: clientOrderId }).pluck<string[]>('trade_id'));
}
