import type { Knex } from 'knex';

/**
 * What a bot's strategy remembers. `turn` is a fence: a write of an older turn finds no row. `version` counts writes, so
 * that a writer who read before somebody else wrote is told to read again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE bot_session_states (
      bot_id uuid CONSTRAINT bot_session_states_pkey PRIMARY KEY
        CONSTRAINT bot_session_states_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      state jsonb,
      reasons jsonb NOT NULL DEFAULT '[]',
      turn bigint NOT NULL DEFAULT 0,
      attempt integer NOT NULL DEFAULT 0,
      version bigint NOT NULL DEFAULT 0,
      last_price numeric(28, 12),
      observed_at timestamptz,
      external_orders jsonb NOT NULL DEFAULT '[]',
      updated_at timestamptz NOT NULL DEFAULT now()
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE bot_session_states');
}
