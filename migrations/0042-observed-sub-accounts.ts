import type { Knex } from 'knex';

/** Up to when a sub-account's deposits have been read: from a little before that the monitor goes on, however long it was away. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE fund_sub_accounts ADD COLUMN observed_at timestamptz(3)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE fund_sub_accounts DROP COLUMN observed_at');
}
