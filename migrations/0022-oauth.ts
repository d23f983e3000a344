import type { Knex } from 'knex';

/**
 * Signing in by a provider: whom it knows under which name, and the sign-ins that have been begun. Of what only the browser
 * may know the hash is kept: who reads the table can finish nobody's sign-in.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE user_identities (
      id uuid CONSTRAINT user_identities_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL
        CONSTRAINT user_identities_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      provider varchar(20) NOT NULL,
      issuer varchar(255) NOT NULL,
      subject varchar(255) NOT NULL,
      email varchar(254),
      created_at timestamptz NOT NULL,
      CONSTRAINT user_identities_issuer_subject_key UNIQUE (issuer, subject)
    )`);
  await knex.raw('CREATE INDEX idx_user_identities_user_id ON user_identities (user_id)');
  await knex.raw(`
    CREATE TABLE oauth_transactions (
      state_hash bytea CONSTRAINT oauth_transactions_pkey PRIMARY KEY,
      browser_hash bytea NOT NULL,
      provider varchar(20) NOT NULL,
      nonce varchar(128) NOT NULL,
      code_verifier varchar(128) NOT NULL,
      linking_session_id uuid
        CONSTRAINT oauth_transactions_linking_session_id_fkey REFERENCES sessions (id) ON DELETE CASCADE,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      CONSTRAINT oauth_transactions_hashes_check
        CHECK (octet_length(state_hash) = 32 AND octet_length(browser_hash) = 32),
      CONSTRAINT oauth_transactions_code_verifier_check CHECK (length(code_verifier) >= 43),
      CONSTRAINT oauth_transactions_expires_at_check CHECK (expires_at > created_at)
    )`);
  await knex.raw('CREATE INDEX idx_oauth_transactions_expires_at ON oauth_transactions (expires_at)');
  await knex.raw(
    'CREATE INDEX idx_oauth_transactions_linking_session_id ON oauth_transactions (linking_session_id)',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('oauth_transactions');
  await knex.schema.dropTable('user_identities');
}
