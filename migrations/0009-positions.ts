import type { Knex } from 'knex';

/** What a bot holds: the fold of its fills, kept so that nobody has to fold them again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE positions (
      bot_id uuid CONSTRAINT positions_pkey PRIMARY KEY
        CONSTRAINT positions_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      quantity numeric NOT NULL DEFAULT 0
        CONSTRAINT positions_quantity_check CHECK (quantity > '-Infinity' AND quantity < 'Infinity'),
      cost numeric NOT NULL DEFAULT 0
        CONSTRAINT positions_cost_check CHECK (cost >= 0 AND cost < 'Infinity'),
      realised numeric NOT NULL DEFAULT 0
        CONSTRAINT positions_realised_check CHECK (realised > '-Infinity' AND realised < 'Infinity'),
      dust numeric NOT NULL DEFAULT 0
        CONSTRAINT positions_dust_check CHECK (dust > '-Infinity' AND dust < 'Infinity'),
      other_fees jsonb NOT NULL DEFAULT '{}',
      updated_at timestamptz NOT NULL DEFAULT now()
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE positions');
}
