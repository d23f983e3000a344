import type { Knex } from 'knex';

/** The log outlives its bot: deleting a bot keeps the rows and empties their `bot_id`. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE activity_logs (
      id uuid CONSTRAINT activity_logs_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      bot_id uuid CONSTRAINT activity_logs_bot_id_fkey REFERENCES bots (id) ON DELETE SET NULL,
      user_id uuid CONSTRAINT activity_logs_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      level varchar(20) NOT NULL CONSTRAINT activity_logs_level_check
        CHECK (level IN ('INFO', 'SUCCESS', 'WARNING', 'ERROR', 'TELEGRAM')),
      message varchar(500) NOT NULL,
      timestamp timestamptz DEFAULT now(),
      extra_data jsonb
    );
    CREATE INDEX idx_logs_bot_id ON activity_logs (bot_id);
    CREATE INDEX idx_logs_level ON activity_logs (level);
    CREATE INDEX idx_logs_timestamp ON activity_logs (timestamp DESC);
    CREATE INDEX idx_logs_user_id ON activity_logs (user_id)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE activity_logs');
}
