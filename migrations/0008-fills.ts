import type { Knex } from 'knex';

/**
 * Every execution once. A venue's trade id is unique within (exchange, account, symbol) but for a trade of the account with
 * itself: two orders, perhaps of two bots, share it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fills (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT fills_pkey PRIMARY KEY,
      bot_id uuid NOT NULL CONSTRAINT fills_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      exchange varchar(50) NOT NULL,
      exchange_account_id uuid CONSTRAINT fills_exchange_account_id_fkey
        REFERENCES exchange_accounts (id) ON DELETE SET NULL,
      symbol varchar(20) NOT NULL,
      trade_id varchar(100) NOT NULL,
      client_order_id varchar(36) NOT NULL,
      venue_order_id varchar(100) NOT NULL,
      side varchar(10) NOT NULL CONSTRAINT fills_side_check CHECK (side IN ('BUY', 'SELL')),
      price numeric(28, 12) NOT NULL CONSTRAINT fills_price_check CHECK (price > 0 AND price < 'Infinity'),
      quantity numeric(28, 12) NOT NULL
        CONSTRAINT fills_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      fee numeric(28, 12) NOT NULL DEFAULT 0
        CONSTRAINT fills_fee_check CHECK (fee > '-Infinity' AND fee < 'Infinity'),
      fee_asset varchar(20) NOT NULL,
      realised numeric(28, 12)
        CONSTRAINT fills_realised_check CHECK (realised > '-Infinity' AND realised < 'Infinity'),
      maker boolean,
      executed_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT fills_trade_key UNIQUE NULLS NOT DISTINCT
        (exchange, exchange_account_id, symbol, trade_id, client_order_id)
    );
    CREATE INDEX idx_fills_bot_id ON fills (bot_id, executed_at);
    CREATE INDEX idx_fills_client_order_id ON fills (client_order_id)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE fills');
}
