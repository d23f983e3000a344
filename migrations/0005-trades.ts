import type { Knex } from 'knex';

/**
 * One row an order that ended with something filled. It is known by our own id of the order: a venue's is unique within a
 * market at best, and begins anew where a venue does.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE trades (
      id uuid CONSTRAINT trades_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      bot_id uuid NOT NULL CONSTRAINT trades_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      symbol varchar(20) NOT NULL,
      side varchar(10) NOT NULL CONSTRAINT trades_side_check CHECK (side IN ('BUY', 'SELL')),
      quantity numeric(20, 8) NOT NULL
        CONSTRAINT trades_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      price numeric(20, 8) NOT NULL
        CONSTRAINT trades_price_check CHECK (price > 0 AND price < 'Infinity'),
      pnl numeric(20, 8),
      commission numeric(20, 8) DEFAULT 0.0,
      client_order_id varchar(36),
      exchange_order_id varchar(100),
      exchange varchar(50) NOT NULL,
      executed_at timestamptz DEFAULT now(),
      extra_data jsonb,
      CONSTRAINT trades_client_order_key UNIQUE (client_order_id)
    );
    CREATE INDEX idx_trades_bot_id ON trades (bot_id);
    CREATE INDEX idx_trades_executed_at ON trades (executed_at DESC);
    CREATE INDEX idx_trades_symbol ON trades (symbol)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE trades');
}
