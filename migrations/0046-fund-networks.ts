import type { Knex } from 'knex';

/** What the exchange asks of a withdrawal on each network, as it last said: the doors have no keys to ask it with. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fund_networks (
      asset varchar(20) NOT NULL,
      network varchar(20) NOT NULL,
      withdraw_enabled boolean NOT NULL,
      withdraw_fee numeric(38, 18) NOT NULL
        CONSTRAINT fund_networks_withdraw_fee_check CHECK (withdraw_fee >= 0 AND withdraw_fee < 'Infinity'),
      withdraw_min numeric(38, 18) NOT NULL
        CONSTRAINT fund_networks_withdraw_min_check CHECK (withdraw_min >= 0 AND withdraw_min < 'Infinity'),
      withdraw_decimals integer NOT NULL
        CONSTRAINT fund_networks_withdraw_decimals_check CHECK (withdraw_decimals BETWEEN 0 AND 18),
      read_at timestamptz(3) NOT NULL,
      CONSTRAINT fund_networks_pkey PRIMARY KEY (asset, network)
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE fund_networks');
}
