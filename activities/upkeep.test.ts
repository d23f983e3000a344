import { Client, Connection } from '@temporalio/client';
import test from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';
import { createUpkeep } from './upkeep.ts';

test('What cannot be deleted keeps nothing else from being deleted, and is tried again', async (t) => {
  const { knex } = await freshDatabase(t);
  const long = new Date(0);
  await knex('activity_logs').insert({ level: 'INFO', message: 'old', timestamp: long });
  const tenDaysAgo = new Date(Date.now() - 10 * 86_400_000);
  await knex('events').update({ created_at: tenDaysAgo });
  await knex('events').insert({ type: 'digest', payload: '{}', created_at: tenDaysAgo });
  await knex('login_attempts').insert({ email: 'old@example.com', failed_at: [long] });
  await knex.schema.renameTable('bot_commands', 'elsewhere');
  const client = new Client({ connection: Connection.lazy() });
  const { prune } = createUpkeep({
    ...{ knex, client, logRetentionDays: 7, currency: 'USDC' },
    startWithdrawal: async () => undefined,
  });
  await t.throwsAsync(prune(), { message: /bot_commands/ });
  for (const table of ['activity_logs', 'login_attempts']) t.deepEqual(await knex(table), [], table);
  t.deepEqual(await knex('events').pluck('type'), ['digest'], 'what a line of the log said goes with it');
  await knex.schema.renameTable('elsewhere', 'bot_commands');
  t.is(await prune(), 0);
});
