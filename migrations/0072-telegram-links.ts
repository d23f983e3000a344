import type { Knex } from 'knex';

/**
 * Which person on Telegram is which user: one of each. A code is asked for while signed in, sent to the bot, which claims it for
 * whoever sent it, and confirmed while signed in. `language` is null until it is chosen: then Telegram's is taken.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE telegram_links (
      user_id uuid CONSTRAINT telegram_links_pkey PRIMARY KEY
        CONSTRAINT telegram_links_user_id_fkey REFERENCES users ON DELETE CASCADE,
      telegram_id bigint NOT NULL CONSTRAINT telegram_links_telegram_id_key UNIQUE
        CONSTRAINT telegram_links_telegram_id_check CHECK (telegram_id > 0),
      name varchar(100) NOT NULL,
      is_on boolean NOT NULL DEFAULT true,
      blocked_at timestamptz,
      linked_at timestamptz NOT NULL
    );
    CREATE TABLE telegram_link_codes (
      user_id uuid CONSTRAINT telegram_link_codes_pkey PRIMARY KEY
        CONSTRAINT telegram_link_codes_user_id_fkey REFERENCES users ON DELETE CASCADE,
      code_hash bytea NOT NULL CONSTRAINT telegram_link_codes_code_hash_key UNIQUE
        CONSTRAINT telegram_link_codes_code_hash_check CHECK (octet_length(code_hash) = 32),
      expires_at timestamptz NOT NULL,
      claimed_by bigint,
      claimed_name varchar(100),
      CONSTRAINT telegram_link_codes_claim_check CHECK ((claimed_by IS NULL) = (claimed_name IS NULL))
    );
    CREATE TABLE user_preferences (
      user_id uuid CONSTRAINT user_preferences_pkey PRIMARY KEY
        CONSTRAINT user_preferences_user_id_fkey REFERENCES users ON DELETE CASCADE,
      time_zone varchar(60) NOT NULL DEFAULT 'UTC',
      language varchar(2) CONSTRAINT user_preferences_language_check CHECK (language IN ('en', 'ko')),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE telegram_links, telegram_link_codes, user_preferences');
}
