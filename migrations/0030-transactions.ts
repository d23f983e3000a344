import type { Knex } from 'knex';

/**
 * What people see of their money: a row for each deposit, withdrawal, transfer, fee or adjustment, with how far it is by now.
 * The ledger, made next, is what happened; a row here follows it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE transactions (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT transactions_pkey PRIMARY KEY,
      user_id uuid CONSTRAINT transactions_user_id_fkey REFERENCES users (id),
      type varchar(12) NOT NULL
        CONSTRAINT transactions_type_check CHECK (type IN ('deposit', 'withdrawal', 'transfer', 'fee', 'adjustment')),
      asset varchar(20) NOT NULL,
      amount numeric(38, 18) NOT NULL
        CONSTRAINT transactions_amount_check CHECK (amount > '-Infinity' AND amount < 'Infinity'),
      units numeric(28, 8) CONSTRAINT transactions_units_check CHECK (units > '-Infinity' AND units < 'Infinity'),
      nav_per_unit numeric(38, 18)
        CONSTRAINT transactions_nav_per_unit_check CHECK (nav_per_unit > 0 AND nav_per_unit < 'Infinity'),
      status varchar(20) NOT NULL CONSTRAINT transactions_status_check
        CHECK (status IN ('pending', 'processing', 'completed', 'kept', 'cancelled', 'failed', 'reversed')),
      external_id varchar(120) NOT NULL,
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      CONSTRAINT transactions_external_id_key UNIQUE (type, external_id)
    );
    CREATE INDEX idx_transactions_user_id ON transactions (user_id, created_at DESC)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE transactions');
}
