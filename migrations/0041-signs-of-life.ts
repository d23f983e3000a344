import type { Knex } from 'knex';

/** What people are told of how a bot is: which process looks after it, and how often in a row its exchange failed it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE workers ADD COLUMN process_id integer;
    ALTER TABLE bots ADD COLUMN failures integer NOT NULL DEFAULT 0
      CONSTRAINT bots_failures_check CHECK (failures >= 0)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE bots DROP COLUMN failures;
    ALTER TABLE workers DROP COLUMN process_id`);
}
