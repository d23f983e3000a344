import type { Knex } from 'knex';

/**
 * Orders that exist, or existed, on a venue. `filled` never exceeds `quantity`. A venue's own order ids may begin anew (test
 * networks are wiped): they are no key.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE orders (
      client_order_id varchar(36) CONSTRAINT orders_pkey PRIMARY KEY,
      bot_id uuid NOT NULL CONSTRAINT orders_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      exchange_account_id uuid CONSTRAINT orders_exchange_account_id_fkey
        REFERENCES exchange_accounts (id) ON DELETE SET NULL,
      symbol varchar(20) NOT NULL,
      venue_order_id varchar(100),
      leg varchar(40) NOT NULL,
      cycle integer NOT NULL,
      side varchar(10) NOT NULL CONSTRAINT orders_side_check CHECK (side IN ('BUY', 'SELL')),
      type varchar(10) NOT NULL CONSTRAINT orders_type_check CHECK (type IN ('LIMIT', 'MARKET')),
      price numeric(28, 12) CONSTRAINT orders_price_check CHECK (price > 0 AND price < 'Infinity'),
      quantity numeric(28, 12) NOT NULL
        CONSTRAINT orders_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      filled numeric(28, 12) NOT NULL DEFAULT 0
        CONSTRAINT orders_filled_check CHECK (filled >= 0 AND filled <= quantity),
      status varchar(20) NOT NULL CONSTRAINT orders_status_check
        CHECK (status IN ('SENDING', 'UNKNOWN', 'OPEN', 'FILLED', 'CANCELLED', 'REFUSED', 'ABSENT')),
      adopted boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX idx_orders_venue_order_id ON orders (exchange_account_id, symbol, venue_order_id);
    CREATE INDEX idx_orders_live ON orders (bot_id) WHERE status IN ('SENDING', 'UNKNOWN', 'OPEN');
    CREATE INDEX idx_orders_bot_id ON orders (bot_id, created_at DESC)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE orders');
}
