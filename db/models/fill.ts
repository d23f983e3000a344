import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';
import type { Side } from '../../bots/orders.ts';

/** A row of `fills`. Give every query its knex instance: `FillRow.query(knex)`. */
export class FillRow extends Model {
  static override tableName = 'fills';

  declare id: number;
  declare bot_id: string;
  declare exchange: string;
  declare exchange_account_id: string | null;
  declare symbol: string;
  declare trade_id: string;
  declare client_order_id: string;
  declare venue_order_id: string;
  declare side: Side;
  declare price: Amount;
  declare quantity: Amount;
  declare fee: Amount;
  declare fee_asset: string;
  /** What it realised, in quote; null where it opened. */
  declare realised: Amount | null;
  declare maker: boolean | null;
  declare executed_at: Date;
  declare recorded_at: Date;
}
