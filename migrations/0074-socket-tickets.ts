import type { Knex } from 'knex';

/**
 * What opens a WebSocket once, for 30 s: a browser cannot send a header with it, and what stands in an address is written down
 * on its way. The hash is kept: who reads the table opens nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE socket_tickets (
      hash bytea CONSTRAINT socket_tickets_pkey PRIMARY KEY,
      session_id uuid NOT NULL
        CONSTRAINT socket_tickets_session_id_fkey REFERENCES sessions (id) ON DELETE CASCADE,
      user_id uuid NOT NULL
        CONSTRAINT socket_tickets_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      expires_at timestamptz NOT NULL,
      CONSTRAINT socket_tickets_hash_check CHECK (octet_length(hash) = 32)
    )`);
  await knex.raw('CREATE INDEX idx_socket_tickets_expires_at ON socket_tickets (expires_at)');
  await knex.raw('CREATE INDEX idx_socket_tickets_session_id ON socket_tickets (session_id)');
  await knex.raw('CREATE INDEX idx_socket_tickets_user_id ON socket_tickets (user_id)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('socket_tickets');
}
