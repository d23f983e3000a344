import type { Knex } from 'knex';

/**
 * One table for bots of every strategy. What the ping-pong strategy needs (quantity and both prices) is enforced for its
 * rows only. PostgreSQL sorts NaN above every number, so each check that a plain `> 0` would let NaN through has an
 * upper side as well.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE bots (
      id uuid CONSTRAINT bots_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid CONSTRAINT bots_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      exchange_account_id uuid CONSTRAINT bots_exchange_account_id_fkey
        REFERENCES exchange_accounts (id) ON DELETE SET NULL,
      name varchar(100),
      strategy varchar(40) NOT NULL DEFAULT 'ping-pong',
      parameters jsonb NOT NULL DEFAULT '{}',
      protections jsonb NOT NULL DEFAULT '{}',
      ticker varchar(20) NOT NULL,
      exchange varchar(50) NOT NULL,
      first_order varchar(10) NOT NULL,
      quantity numeric(20, 8)
        CONSTRAINT bots_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      buy_price numeric(20, 8)
        CONSTRAINT bots_buy_price_check CHECK (buy_price > 0 AND buy_price < 'Infinity'),
      sell_price numeric(20, 8)
        CONSTRAINT bots_sell_price_check CHECK (sell_price > 0 AND sell_price < 'Infinity'),
      trailing_percent numeric(5, 2)
        CONSTRAINT bots_trailing_percent_check CHECK (trailing_percent >= 0 AND trailing_percent <= 100),
      infinite_loop boolean DEFAULT false,
      status varchar(20) DEFAULT 'STOPPED',
      status_version bigint NOT NULL DEFAULT 0,
      finishing boolean NOT NULL DEFAULT false,
      error text,
      pnl numeric(20, 8) DEFAULT 0.0,
      total_trades integer DEFAULT 0,
      last_fill_time timestamptz,
      created_at timestamptz DEFAULT now(),
      updated_at timestamptz DEFAULT now(),
      config jsonb,
      CONSTRAINT bots_prices_check CHECK (sell_price > buy_price),
      CONSTRAINT bots_ping_pong_check CHECK (
        strategy <> 'ping-pong' OR (quantity IS NOT NULL AND buy_price IS NOT NULL AND sell_price IS NOT NULL)
      )
    );
    CREATE INDEX idx_bots_status ON bots (status);
    CREATE INDEX idx_bots_ticker ON bots (ticker);
    CREATE INDEX idx_bots_created_at ON bots (created_at DESC);
    CREATE INDEX idx_bots_user_id ON bots (user_id);
    CREATE INDEX idx_bots_exchange_account_id ON bots (exchange_account_id)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE bots');
}
