import type { Knex } from 'knex';

/**
 * What a user wants to be told, by kind; a kind without a row is on. `operators_chat` is the installation's own,
 * as the process that sends was told it last, and whether it is written to at all; its kinds are the default owner's.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE notification_settings (
      user_id uuid CONSTRAINT notification_settings_user_id_fkey REFERENCES users ON DELETE CASCADE,
      kind varchar(40),
      level varchar(10) NOT NULL CONSTRAINT notification_settings_level_check CHECK (level IN ('on', 'silent', 'off')),
      CONSTRAINT notification_settings_pkey PRIMARY KEY (user_id, kind)
    );
    CREATE TABLE operators_chat (
      is_only boolean NOT NULL DEFAULT true CONSTRAINT operators_chat_pkey PRIMARY KEY
        CONSTRAINT operators_chat_is_only_check CHECK (is_only),
      chat_id bigint, bot_username varchar(64),
      is_on boolean NOT NULL DEFAULT true
    );
    INSERT INTO operators_chat DEFAULT VALUES`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE operators_chat, notification_settings');
}
