import type { Knex } from 'knex';

/** `sealed` is AES-256-GCM ciphertext bound to this row; the key it names is kept outside the database. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_accounts (
      id uuid CONSTRAINT exchange_accounts_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL CONSTRAINT exchange_accounts_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      exchange varchar(50) NOT NULL,
      label varchar(100) NOT NULL,
      kind varchar(10) NOT NULL CONSTRAINT exchange_accounts_kind_check CHECK (kind IN ('paper', 'live')),
      api_key_last4 varchar(4) NOT NULL,
      sealed bytea NOT NULL,
      sealed_key_id varchar(40) NOT NULL,
      permissions jsonb NOT NULL DEFAULT '[]',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT exchange_accounts_label_key UNIQUE (user_id, exchange, label)
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE exchange_accounts');
}
