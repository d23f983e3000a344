import type { Knex } from 'knex';

/**
 * Failed sign-ins by address, whether it is anybody's or not. Only those that still count are kept, the oldest first: a mere
 * count with the time of its first or last failure could not tell which of them have become too old, and would lock for
 * failures that lie far apart, or begin anew while they go on. The count and the last are there for who reads the table.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE login_attempts (
      email varchar(254) CONSTRAINT login_attempts_pkey PRIMARY KEY,
      failed_at timestamptz[] NOT NULL,
      failures integer NOT NULL GENERATED ALWAYS AS (cardinality(failed_at)) STORED,
      last_failed_at timestamptz NOT NULL GENERATED ALWAYS AS (failed_at[cardinality(failed_at)]) STORED,
      locked_until timestamptz
    )`);
  await knex.raw('CREATE INDEX idx_login_attempts_last_failed_at ON login_attempts (last_failed_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('login_attempts');
}
