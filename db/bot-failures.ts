import type { Knex } from 'knex';

/** The exchange has failed a bot once more in a row. The count decides nothing: it is for people to see. */
export async function countFailure(knex: Knex, botId: string): Promise<void> {
  await knex('bots').where({ id: botId }).increment('failures', 1);
}

/** The exchange has answered, or somebody who has seen the failures starts anew. */
export async function clearFailures(knex: Knex, botId: string): Promise<void> {
  await knex('bots').where({ id: botId }).where('failures', '>', 0).update({ failures: 0 });
}
