import type { Knex } from 'knex';

/**
 * Used-up requests by budget and key; columns, types and their order are those that rate-limiter-flexible writes, `expire` in ms
 * since 1970. Unlogged: a crash may forget the last minutes, and no request waits for a disk.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE UNLOGGED TABLE rate_limits (
      key varchar(255) CONSTRAINT rate_limits_pkey PRIMARY KEY,
      points integer NOT NULL DEFAULT 0,
      expire bigint
    )`);
  await knex.raw('CREATE INDEX idx_rate_limits_expire ON rate_limits (expire)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('rate_limits');
}
