import type { Knex } from 'knex';

/**
 * The exchange has failed a bot once more in a row. People see the count; and while it
 * is above zero the fund's bot is not relied on to hear of its fills.
 */
export async function countFailure(knex: Knex, botId: string): Promise<void> {
  await knex('bots').where({ id: botId }).increment('failures', 1);
}

/** The exchange has answered, or somebody who has seen the failures starts anew. */
export async function clearFailures(knex: Knex, botId: string): Promise<void> {
  await knex('bots').where({ id: botId }).where('failures', '>', 0).update({ failures: 0 });
}
