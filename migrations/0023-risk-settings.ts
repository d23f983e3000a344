import type { Knex } from 'knex';

/** What a user allows their orders at most. Who has no row has the defaults. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE risk_settings (
      user_id uuid CONSTRAINT risk_settings_pkey PRIMARY KEY
        CONSTRAINT risk_settings_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      max_leverage integer NOT NULL DEFAULT 10
        CONSTRAINT risk_settings_max_leverage_check CHECK (max_leverage BETWEEN 1 AND 125),
      max_positions integer NOT NULL DEFAULT 5
        CONSTRAINT risk_settings_max_positions_check CHECK (max_positions BETWEEN 1 AND 50),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('risk_settings');
}
