import type { Knex } from 'knex';

/** Failures are counted by who guesses: all strangers together under '', each known device and session for itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE login_attempts
      ADD COLUMN source varchar(50) NOT NULL DEFAULT '',
      DROP CONSTRAINT login_attempts_pkey,
      ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (email, source)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DELETE FROM login_attempts WHERE source <> ''`);
  await knex.raw(`
    ALTER TABLE login_attempts
      DROP CONSTRAINT login_attempts_pkey,
      DROP COLUMN source,
      ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (email)`);
}
