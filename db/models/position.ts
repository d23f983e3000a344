import { Model } from 'objection';
import type { Amount } from '../../bots/money.ts';

/** A row of `positions`. Give every query its knex instance: `PositionRow.query(knex)`. */
export class PositionRow extends Model {
  static override tableName = 'positions';
  static override idColumn = 'bot_id';
  static override jsonAttributes = ['other_fees'];

  declare bot_id: string;
  declare quantity: Amount;
  declare cost: Amount;
  declare realised: Amount;
  declare dust: Amount;
  declare other_fees: Record<string, Amount>;
  declare updated_at: Date;
}
