import type { Knex } from 'knex';

/** What the newest comparison of the ledger with the exchange came to: none where nothing differed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE fund_state ADD COLUMN compared_at timestamptz(3), ADD COLUMN differences text[],
      ADD CONSTRAINT fund_state_compared_check CHECK ((compared_at IS NULL) = (differences IS NULL))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE fund_state DROP COLUMN compared_at, DROP COLUMN differences');
}
