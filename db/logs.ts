import type { Knex } from 'knex';
import { deleteOlder } from './delete-older.ts';
import { ActivityLog, LOG_LEVELS, type LogLevel } from './models/activity-log.ts';
import { ownedBy, type OwnedBy, type Page } from './bots.ts';
import type { LogRow } from './rows.ts';

export interface NewLog {
  bot_id: string | null;
  user_id?: string | null;
  level: LogLevel;
  /** The column holds 500 characters: cut ours, refuse a caller's. */
  message: string;
  extra_data?: Record<string, unknown> | null;
}

/** Newest first. */
export async function listLogs(
  knex: Knex,
  { userId, level, skip, limit }: Page & OwnedBy & { level?: LogLevel },
): Promise<LogRow[]> {
  const query = knex('activity_logs').orderBy('timestamp', 'desc').orderBy('id').offset(skip).limit(limit);
  ownedBy(query, userId);
  if (level !== undefined) void query.where({ level });
  return query;
}

export async function insertLog(knex: Knex, log: NewLog): Promise<ActivityLog> {
  return ActivityLog.query(knex).insert(log).returning('*');
}

/** Deletes the owner's; returns how many there were. */
export async function clearLogs(knex: Knex, { userId }: OwnedBy): Promise<number> {
  const query = knex('activity_logs').delete();
  ownedBy(query, userId);
  return query;
}

/** Deletes those older than `days`, and the events that told of them; returns how many logs. */
export async function deleteOldLogs(knex: Knex, days: number): Promise<number> {
  await deleteOlder(knex, { table: 'events', time: 'created_at', days, only: { type: 'log' } });
  return deleteOlder(knex, { table: 'activity_logs', time: 'timestamp', days });
}

/** How many of each level, none left out, and their sum. */
export async function countLogs(
  knex: Knex,
  { userId }: OwnedBy,
): Promise<Record<LogLevel | 'total', number>> {
  const query = knex('activity_logs').select('level').count('* as count').groupBy('level');
  ownedBy(query, userId);
  const found = new Map(
    ((await query) as { level: LogLevel; count: number }[]).map((row) => [row.level, row.count]),
  );
  const counts = Object.fromEntries(LOG_LEVELS.map((level) => [level, found.get(level) ?? 0])) as Record<
    LogLevel,
    number
  >;
  return { ...counts, total: LOG_LEVELS.reduce((sum, level) => sum + counts[level], 0) };
}
