import type { Knex } from 'knex';

/** Those that were issued, by the SHA-256 of their text: who reads the table can use none of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE refresh_tokens (
      token_hash bytea CONSTRAINT refresh_tokens_pkey PRIMARY KEY,
      session_id uuid NOT NULL
        CONSTRAINT refresh_tokens_session_id_fkey REFERENCES sessions (id) ON DELETE CASCADE,
      issued_at timestamptz NOT NULL,
      last_used_at timestamptz,
      rotated_at timestamptz,
      CONSTRAINT refresh_tokens_token_hash_check CHECK (octet_length(token_hash) = 32)
    )`);
  await knex.raw('CREATE INDEX idx_refresh_tokens_session_id ON refresh_tokens (session_id)');
  await knex.raw(
    'CREATE UNIQUE INDEX refresh_tokens_current_key ON refresh_tokens (session_id) WHERE rotated_at IS NULL',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('refresh_tokens');
}
