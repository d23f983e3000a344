import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';
import type { Reason } from '../../bots/strategy.ts';

/** A row of `bot_session_states`. Give every query its knex instance: `BotSessionState.query(knex)`. */
export class BotSessionState extends Model {
  static override tableName = 'bot_session_states';
  static override idColumn = 'bot_id';
  static override jsonAttributes = ['state', 'reasons', 'external_orders'];

  declare bot_id: string;
  /** The strategy's own state; null before its first decision. */
  declare state: unknown;
  declare reasons: Reason[];
  declare turn: number;
  declare attempt: number;
  declare version: number;
  declare last_price: Amount | null;
  declare observed_at: Date | null;
  /** Orders on the venue that are not this bot's: shown, never touched. */
  declare external_orders: unknown[];
  declare updated_at: Date;
}
