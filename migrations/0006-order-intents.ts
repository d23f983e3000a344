import type { Knex } from 'knex';

/** A decision to place one order, committed before anything is sent. Its outcome is written once it is known. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE order_intents (
      client_order_id varchar(36) CONSTRAINT order_intents_pkey PRIMARY KEY,
      bot_id uuid NOT NULL CONSTRAINT order_intents_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      cycle integer NOT NULL,
      leg varchar(40) NOT NULL,
      sequence bigint NOT NULL,
      kind varchar(10) NOT NULL DEFAULT 'place' CONSTRAINT order_intents_kind_check CHECK (kind IN ('place')),
      symbol varchar(20) NOT NULL,
      side varchar(10) NOT NULL CONSTRAINT order_intents_side_check CHECK (side IN ('BUY', 'SELL')),
      type varchar(10) NOT NULL CONSTRAINT order_intents_type_check CHECK (type IN ('LIMIT', 'MARKET')),
      quantity numeric(28, 12) NOT NULL
        CONSTRAINT order_intents_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      price numeric(28, 12)
        CONSTRAINT order_intents_price_check CHECK (price > 0 AND price < 'Infinity'),
      reduce_only boolean NOT NULL DEFAULT false,
      status varchar(20) NOT NULL DEFAULT 'SENDING' CONSTRAINT order_intents_status_check
        CHECK (status IN ('SENDING', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'ABSENT')),
      fence_epoch bigint NOT NULL DEFAULT 0,
      send_before timestamptz NOT NULL,
      venue_code varchar(40),
      message text,
      created_at timestamptz NOT NULL DEFAULT now(),
      decided_at timestamptz,
      CONSTRAINT order_intents_sequence_key UNIQUE (bot_id, sequence)
    );
    CREATE INDEX idx_order_intents_undecided ON order_intents (bot_id) WHERE status IN ('SENDING', 'UNKNOWN')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE order_intents');
}
