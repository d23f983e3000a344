import { Model } from 'objection';

/** A row of `risk_settings`. Give every query its knex instance: `RiskSettings.query(knex)`. */
export class RiskSettings extends Model {
  static override tableName = 'risk_settings';
  static override idColumn = 'user_id';

  declare user_id: string;
  /** 1 to 125. */
  declare max_leverage: number;
  /** 1 to 50, open at once. */
  declare max_positions: number;
  declare updated_at: Date;
}
