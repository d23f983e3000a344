import type { Knex } from 'knex';

/** The commands that each bot has carried out, by their ids: whatever repeats one finds that it has been. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE bot_commands (
      bot_id uuid NOT NULL CONSTRAINT bot_commands_bot_id_fkey REFERENCES bots (id) ON DELETE CASCADE,
      command_id text NOT NULL,
      carried_out_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT bot_commands_pkey PRIMARY KEY (bot_id, command_id)
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('bot_commands');
}
