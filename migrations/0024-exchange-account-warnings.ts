import type { Knex } from 'knex';

/** What was found about an account's keys when they were checked: a list of codes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE exchange_accounts
      ADD COLUMN warnings jsonb NOT NULL DEFAULT '[]'
        CONSTRAINT exchange_accounts_warnings_check CHECK (jsonb_typeof(warnings) = 'array')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE exchange_accounts DROP COLUMN warnings');
}
