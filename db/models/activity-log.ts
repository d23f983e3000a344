import { Model } from 'objection';

export const LOG_LEVELS = ['INFO', 'SUCCESS', 'WARNING', 'ERROR', 'TELEGRAM'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A row of `activity_logs`. Give every query its knex instance: `ActivityLog.query(knex)`. */
export class ActivityLog extends Model {
  static override tableName = 'activity_logs';
  static override jsonAttributes = ['extra_data'];

  declare id: string;
  declare bot_id: string | null;
  declare user_id: string | null;
  declare level: LogLevel;
  declare message: string;
  declare timestamp: Date;
  declare extra_data: Record<string, unknown> | null;
}
