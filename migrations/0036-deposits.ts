import type { Knex } from 'knex';

/** Where each holder pays in, and what came there, once for each deposit of the venue. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fund_sub_accounts (
      user_id uuid CONSTRAINT fund_sub_accounts_pkey PRIMARY KEY
        CONSTRAINT fund_sub_accounts_user_id_fkey REFERENCES users (id),
      sub_account_id varchar(120) NOT NULL CONSTRAINT fund_sub_accounts_sub_account_id_key UNIQUE,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE fund_deposit_addresses (
      user_id uuid NOT NULL
        CONSTRAINT fund_deposit_addresses_user_id_fkey REFERENCES fund_sub_accounts (user_id),
      asset varchar(20) NOT NULL,
      network varchar(20) NOT NULL,
      address varchar(120) NOT NULL,
      tag varchar(120),
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT fund_deposit_addresses_pkey PRIMARY KEY (user_id, asset, network)
    );
    CREATE INDEX idx_fund_deposit_addresses_address ON fund_deposit_addresses (address);
    CREATE TABLE deposits (
      id uuid CONSTRAINT deposits_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL CONSTRAINT deposits_user_id_fkey REFERENCES fund_sub_accounts (user_id),
      venue_deposit_id varchar(120) NOT NULL CONSTRAINT deposits_venue_deposit_id_key UNIQUE,
      asset varchar(20) NOT NULL,
      network varchar(20) NOT NULL,
      amount numeric(38, 18) NOT NULL
        CONSTRAINT deposits_amount_check CHECK (amount > 0 AND amount < 'Infinity'),
      tx_id varchar(200),
      confirmations integer NOT NULL DEFAULT 0
        CONSTRAINT deposits_confirmations_check CHECK (confirmations >= 0),
      status varchar(10) NOT NULL CONSTRAINT deposits_status_check
        CHECK (status IN ('pending', 'credited', 'kept', 'allotted', 'swept', 'reversed')),
      kept_because varchar(30),
      units numeric(28, 8) CONSTRAINT deposits_units_check CHECK (units >= 0 AND units < 'Infinity'),
      nav_per_unit numeric(38, 18)
        CONSTRAINT deposits_nav_per_unit_check CHECK (nav_per_unit > 0 AND nav_per_unit < 'Infinity'),
      error varchar(500),
      seen_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      CONSTRAINT deposits_kept_check CHECK ((status = 'kept') = (kept_because IS NOT NULL) OR status = 'reversed'),
      CONSTRAINT deposits_allotted_check CHECK (status NOT IN ('allotted', 'swept') OR (units IS NOT NULL AND nav_per_unit IS NOT NULL))
    );
    CREATE INDEX idx_deposits_user_id ON deposits (user_id, seen_at DESC);
    CREATE INDEX idx_deposits_unfinished ON deposits (status) WHERE status IN ('pending', 'credited', 'allotted')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE deposits, fund_deposit_addresses, fund_sub_accounts');
}
