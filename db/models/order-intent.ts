import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';
import type { OrderType, Side } from '../../bots/orders.ts';

/** What became of a send. `SENDING` and `UNKNOWN` are still open. */
export type IntentStatus = 'SENDING' | 'ACCEPTED' | 'REFUSED' | 'UNKNOWN' | 'ABSENT';

/** A row of `order_intents`. Give every query its knex instance: `OrderIntent.query(knex)`. */
export class OrderIntent extends Model {
  static override tableName = 'order_intents';
  static override idColumn = 'client_order_id';

  declare client_order_id: string;
  declare bot_id: string;
  declare cycle: number;
  declare leg: string;
  declare sequence: number;
  declare kind: 'place';
  declare symbol: string;
  declare side: Side;
  declare type: OrderType;
  declare quantity: Amount;
  declare price: Amount | null;
  declare reduce_only: boolean;
  declare status: IntentStatus;
  declare fence_epoch: number;
  declare send_before: Date;
  declare venue_code: string | null;
  declare message: string | null;
  declare created_at: Date;
  declare decided_at: Date | null;
}
