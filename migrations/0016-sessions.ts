import type { Knex } from 'knex';

/** One a sign-in: from then until it is ended, or its last refresh token has run out. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE sessions (
      id uuid CONSTRAINT sessions_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      user_agent varchar(200) NOT NULL,
      address varchar(64) NOT NULL,
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      ended_at timestamptz,
      CONSTRAINT sessions_expires_at_check CHECK (expires_at > created_at)
    )`);
  await knex.raw('CREATE INDEX idx_sessions_user_id ON sessions (user_id)');
  await knex.raw('CREATE INDEX idx_sessions_expires_at ON sessions (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('sessions');
}
