import test from 'ava';
import { ActivityLog } from '../../db/models/activity-log.ts';
import { freshDatabase } from '../testing/database.ts';
import { followActivity } from './activity.ts';

test('what was logged since the start is said, once, though it is followed only later', async (t) => {
  const { knex } = await freshDatabase(t);
  const start = new Date();
  const at = (ms: number) => new Date(start.getTime() + ms);
  for (const [message, ms] of [
    ['of another day', -60_000],
    ['Bot created', 1],
    ['Bot started', 5],
  ] as const)
    await ActivityLog.query(knex).insert({ level: 'INFO', message, timestamp: at(ms) });
  const said: string[] = [];
  const all = new Promise<void>((resolve) => {
    const activity = followActivity(knex, start, (line) => {
      said.push(line);
      if (line.endsWith('BUY filled')) resolve();
    });
    t.teardown(() => activity.stop());
  });
  while (said.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await ActivityLog.query(knex).insert({ level: 'INFO', message: 'BUY filled', timestamp: at(60_000) });
  await all;
  t.deepEqual(
    said.map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, '')),
    ['Bot created', 'Bot started', 'BUY filled'],
  );
});
