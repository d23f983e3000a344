import type { Knex } from 'knex';
import { ActivityLog } from '../../db/models/activity-log.ts';
import { timed } from './timed.ts';

const EVERY_MS = 1_000;
const MOST_LINES = 20;

/** Says in plain lines what the bots do from `since` on, from the activity log. Faults of the database are no news here. */
export function followActivity(knex: Knex, since: Date, say: (line: string) => void): { stop(): void } {
  let seen = since;
  const look = async (): Promise<void> => {
    const logs = await ActivityLog.query(knex)
      .where('timestamp', '>=', seen)
      .orderBy('timestamp')
      .limit(MOST_LINES);
    for (const { timestamp, message } of logs) {
      say(timed(message, timestamp));
      // The column counts microseconds, a Date milliseconds: what was said is not said again.
      seen = new Date(timestamp.getTime() + 1);
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
