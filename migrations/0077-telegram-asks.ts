import type { Knex } from 'knex';

/**
 * What has been asked in a chat and waits for the person: for a press of its button, or for a two-factor code. `what` is carried
 * out as it stands here. `answered_by` is the update that pressed: the same one delivered again is no second press.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE telegram_asks (
      id uuid CONSTRAINT telegram_asks_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      telegram_id bigint NOT NULL,
      user_id uuid NOT NULL CONSTRAINT telegram_asks_user_id_fkey REFERENCES users ON DELETE CASCADE,
      awaits text NOT NULL CONSTRAINT telegram_asks_awaits_check CHECK (awaits IN ('press', 'code')),
      what jsonb NOT NULL,
      expires_at timestamptz NOT NULL,
      answered_by bigint
    );
    CREATE INDEX telegram_asks_telegram_id_idx ON telegram_asks (telegram_id, expires_at);
    CREATE INDEX telegram_asks_user_id_idx ON telegram_asks (user_id)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE telegram_asks');
}
