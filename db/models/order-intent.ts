import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';
import type { OrderType, Side } from '../../bots/orders.ts';

/** What became of a send. `SENDING` and `UNKNOWN` are still open. */
export type IntentStatus = 'SENDING' | 'ACCEPTED' | 'REFUSED' | 'UNKNOWN' | 'ABSENT';

/**
 * A row of `order_intents`. An ABSENT row may be a tombstone, in which everything of an order is null: its id must never be
 * sent. Give every query its knex instance: `OrderIntent.query(knex)`.
 */
export class OrderIntent extends Model {
  static override tableName = 'order_intents';
  static override idColumn = 'client_order_id';

  declare client_order_id: string;
  declare bot_id: string;
  declare exchange_account_id: string | null;
  declare cycle: number;
  declare leg: string;
  declare sequence: number;
  declare symbol: string;
  declare side: Side;
  declare type: OrderType;
  declare quantity: Amount;
  declare price: Amount | null;
  declare reduce_only: boolean;
  declare status: IntentStatus;
  /** By the database's clock: past it nothing is sent any more. */
  declare send_before: Date;
  declare venue_code: string | null;
  declare message: string | null;
  declare created_at: Date;
  declare decided_at: Date | null;
}
