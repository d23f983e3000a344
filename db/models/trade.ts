import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';
import type { Side } from '../../bots/orders.ts';

/** A row of `trades`. Give every query its knex instance: `Trade.query(knex)`. */
export class Trade extends Model {
  static override tableName = 'trades';
  static override jsonAttributes = ['extra_data'];

  declare id: string;
  declare bot_id: string;
  declare symbol: string;
  declare side: Side;
  declare quantity: Amount;
  declare price: Amount;
  /** Null for a trade that opens. */
  declare pnl: Amount | null;
  declare commission: Amount;
  /** Our own id of the order; null for a row that no bot's order made. */
  declare client_order_id: string | null;
  declare exchange_order_id: string | null;
  declare exchange: string;
  declare executed_at: Date;
  declare extra_data: Record<string, unknown> | null;
}
