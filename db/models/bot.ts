import { Model } from 'objection';
import type { BotStatus } from '../../bots/lifecycle.ts';
import type { Amount } from '../../bots/money.ts';
import type { Side } from '../../bots/orders.ts';

/** A row of `bots`. Give every query its knex instance: `Bot.query(knex)`. */
export class Bot extends Model {
  static override tableName = 'bots';
  static override jsonAttributes = ['parameters', 'protections', 'config'];

  declare id: string;
  declare user_id: string | null;
  declare exchange_account_id: string | null;
  declare name: string | null;
  declare strategy: string;
  /** Of strategies other than ping-pong; the ping-pong bot's are columns. */
  declare parameters: Record<string, unknown>;
  declare protections: Record<string, unknown>;
  /** `BASE/QUOTE`. */
  declare ticker: string;
  declare exchange: string;
  declare first_order: Side;
  declare quantity: Amount | null;
  declare buy_price: Amount | null;
  declare sell_price: Amount | null;
  declare trailing_percent: Amount | null;
  declare infinite_loop: boolean | null;
  declare status: BotStatus;
  /** Of the status: its workflow counts what it tells, and an older word does not overwrite a newer one. */
  declare status_version: number;
  /** True while it completes its last cycle (stop mode `finish`). */
  declare finishing: boolean;
  declare error: string | null;
  /** Tries in a row that its exchange failed. */
  declare failures: number;
  declare pnl: Amount;
  declare total_trades: number;
  declare last_fill_time: Date | null;
  declare created_at: Date;
  declare updated_at: Date;
  declare config: Record<string, unknown> | null;
}
