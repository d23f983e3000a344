import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';
import type { OrderStatus, OrderType, Side } from '../../bots/orders.ts';

/** A row of `orders`. Give every query its knex instance: `Order.query(knex)`. */
export class Order extends Model {
  static override tableName = 'orders';
  static override idColumn = 'client_order_id';

  declare client_order_id: string;
  declare bot_id: string;
  declare exchange_account_id: string | null;
  declare symbol: string;
  declare venue_order_id: string | null;
  declare leg: string;
  declare cycle: number;
  declare side: Side;
  declare type: OrderType;
  declare price: Amount | null;
  declare quantity: Amount;
  declare filled: Amount;
  declare status: OrderStatus;
  /** True where it was found on the venue and proved ours by its id. */
  declare adopted: boolean;
  declare created_at: Date;
  declare updated_at: Date;
}
