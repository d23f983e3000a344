import test from 'ava';
import type { Knex } from 'knex';
import { claimSilentWorkers, forgetWorker, keepWorker } from '../db/workers.ts';
import { freshDatabase } from './testing/database.ts';
import { startStack } from './testing/stack.ts';

test('a worker that is silent is claimed once, and again where its claimer dies over it', async (t) => {
  const { knex } = await freshDatabase(t);
  await keepWorker(knex, { identity: 'alive', processId: 1 });
  await keepWorker(knex, { identity: 'lost', processId: 2 });
  const fallSilent = () =>
    knex('workers')
      .where({ identity: 'lost' })
      .update({ seen_at: new Date(Date.now() - 60_000) });
  t.deepEqual(await claimSilentWorkers(knex, 8_000), []);
  await fallSilent();
  t.deepEqual(await claimSilentWorkers(knex, 8_000), ['lost']);
  t.deepEqual(await claimSilentWorkers(knex, 8_000), []);
  await fallSilent();
  t.deepEqual(await claimSilentWorkers(knex, 8_000), ['lost']);
  await forgetWorker(knex, 'lost');
  t.deepEqual(await knex('workers').pluck('identity'), ['alive']);
});

test('P7: the watch of a worker that fell silent is handed on long before its heartbeat is missed', async (t) => {
  const { addBot, bots, knex, temporal, until } = await startStack(t);
  const bot = await addBot({ buy_price: '40000', trailing_percent: '1' });
  await bots.command(bot, { name: 'start', commandId: 'first' });
  const watched = await until('the watch', async () => {
    const { raw } = await temporal.client.workflow.getHandle(`bot/${bot.botId}`).describe();
    return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'observe');
  });
  t.is(watched.attempt, 1);
  await hearNobody(knex);
  await until('another attempt', async () => {
    const { raw } = await temporal.client.workflow.getHandle(`bot/${bot.botId}`).describe();
    return raw.pendingActivities?.find(({ attempt }) => attempt! > 1);
  });
});

/** Whatever a worker says, it was never heard. */
async function hearNobody(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION hear_nobody() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN NEW.seen_at := to_timestamp(0); RETURN NEW; END';
    CREATE TRIGGER hear_nobody BEFORE UPDATE ON workers FOR EACH ROW EXECUTE FUNCTION hear_nobody()`);
}
