import { Model } from 'objection';

/** A row of `sessions`. Give every query its knex instance: `Session.query(knex)`. */
export class Session extends Model {
  static override tableName = 'sessions';

  declare id: string;
  declare user_id: string;
  /** As the client sent it, cut. */
  declare user_agent: string;
  declare address: string;
  declare created_at: Date;
  /** To the minute. */
  declare last_seen_at: Date;
  /** When its newest refresh token runs out, or it is 30 days old. */
  declare expires_at: Date;
  declare ended_at: Date | null;
  /** When a code of the second factor was last accepted in it. */
  declare code_at: Date | null;
}
