import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users (
      id uuid CONSTRAINT users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      email varchar(254) CONSTRAINT users_email_key UNIQUE,
      name varchar(100) NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE users');
}
