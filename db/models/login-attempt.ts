import { Model } from 'objection';

/** A row of `login_attempts`. Give every query its knex instance: `LoginAttempt.query(knex)`. */
export class LoginAttempt extends Model {
  static override tableName = 'login_attempts';
  static override idColumn = ['email', 'source'];

  declare email: string;
  declare source: string;
  /** Those that count, the oldest first. */
  declare failed_at: Date[];
  declare failures: number;
  declare locked_until: Date | null;
}
