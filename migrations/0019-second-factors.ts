import type { Knex } from 'knex';

/**
 * The secret that a user's authenticator shares with us, sealed, from when it is asked for; it is asked of them from
 * `enabled_at` on. The recovery codes are kept by the SHA-256 of their text.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE second_factors (
      user_id uuid CONSTRAINT second_factors_pkey PRIMARY KEY
        CONSTRAINT second_factors_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      sealed_secret text NOT NULL,
      sealed_key_id varchar(40) NOT NULL,
      created_at timestamptz NOT NULL,
      enabled_at timestamptz,
      last_step integer,
      CONSTRAINT second_factors_last_step_check CHECK (last_step >= 0),
      CONSTRAINT second_factors_enabled_at_check CHECK (enabled_at IS NULL OR last_step IS NOT NULL)
    )`);
  await knex.raw(`
    CREATE TABLE recovery_codes (
      code_hash bytea CONSTRAINT recovery_codes_pkey PRIMARY KEY,
      user_id uuid NOT NULL
        CONSTRAINT recovery_codes_user_id_fkey REFERENCES second_factors (user_id) ON DELETE CASCADE,
      used_at timestamptz,
      CONSTRAINT recovery_codes_code_hash_check CHECK (octet_length(code_hash) = 32)
    )`);
  await knex.raw('CREATE INDEX idx_recovery_codes_user_id ON recovery_codes (user_id)');
  // When a code was last accepted from whoever has the session.
  await knex.raw('ALTER TABLE sessions ADD COLUMN code_at timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE sessions DROP COLUMN code_at');
  await knex.schema.dropTable('recovery_codes');
  await knex.schema.dropTable('second_factors');
}
