import type { Knex } from 'knex';

/** Where a user has signed in before, by the SHA-256 of the secret that was left there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE known_devices (
      id uuid CONSTRAINT known_devices_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL CONSTRAINT known_devices_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      token_hash bytea NOT NULL CONSTRAINT known_devices_token_hash_key UNIQUE,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      CONSTRAINT known_devices_token_hash_check CHECK (octet_length(token_hash) = 32),
      CONSTRAINT known_devices_expires_at_check CHECK (expires_at > created_at)
    )`);
  await knex.raw('CREATE INDEX idx_known_devices_user_id ON known_devices (user_id)');
  await knex.raw('CREATE INDEX idx_known_devices_expires_at ON known_devices (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('known_devices');
}
