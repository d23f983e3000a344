import type { Knex } from 'knex';

/**
 * A decision to place one order, committed before anything is sent. Its outcome is written once it is known. A tombstone is
 * an ABSENT row that says only that an id must never be sent: it has nothing of an order.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE order_intents (
      client_order_id varchar(36) CONSTRAINT order_intents_pkey PRIMARY KEY,
      bot_id uuid NOT NULL CONSTRAINT order_intents_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      exchange_account_id uuid CONSTRAINT order_intents_exchange_account_id_fkey
        REFERENCES exchange_accounts (id) ON DELETE SET NULL,
      cycle integer,
      leg varchar(40),
      sequence bigint,
      symbol varchar(20),
      side varchar(10) CONSTRAINT order_intents_side_check CHECK (side IN ('BUY', 'SELL')),
      type varchar(10) CONSTRAINT order_intents_type_check CHECK (type IN ('LIMIT', 'MARKET')),
      quantity numeric(28, 12)
        CONSTRAINT order_intents_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      price numeric(28, 12)
        CONSTRAINT order_intents_price_check CHECK (price > 0 AND price < 'Infinity'),
      reduce_only boolean NOT NULL DEFAULT false,
      status varchar(20) NOT NULL DEFAULT 'SENDING' CONSTRAINT order_intents_status_check
        CHECK (status IN ('SENDING', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'ABSENT')),
      send_before timestamptz,
      venue_code varchar(40),
      message text,
      created_at timestamptz NOT NULL DEFAULT now(),
      decided_at timestamptz,
      CONSTRAINT order_intents_sequence_key UNIQUE (bot_id, sequence),
      CONSTRAINT order_intents_order_check CHECK (
        status = 'ABSENT' OR num_nulls(cycle, leg, sequence, symbol, side, type, quantity, send_before) = 0
      )
    );
    CREATE INDEX idx_order_intents_undecided ON order_intents (bot_id) WHERE status IN ('SENDING', 'UNKNOWN')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE order_intents');
}
