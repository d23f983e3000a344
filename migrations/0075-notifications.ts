import type { Knex } from 'knex';

/**
 * What people are to be told by Telegram: one row an event and chat, written in the transaction that gives the event its place.
 * `notification_chats.next_at` is when a chat may be written to next: whoever sends moves it on before sending, so that it is claim,
 * pace and back-off in one, and a chat whose sender died comes back by itself. `notification_pace` is the same for all chats together.
 * What `is_urgent` goes before what is not. `is_for_admins`: its reader is told as an admin; `is_for_operators`: it was written for the installation's own chat. A day of a user is
 * told once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE notifications (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT notifications_pkey PRIMARY KEY,
      event_id bigint NOT NULL,
      position bigint NOT NULL,
      chat_id bigint NOT NULL,
      user_id uuid NOT NULL CONSTRAINT notifications_user_id_fkey REFERENCES users ON DELETE CASCADE,
      bot_id uuid,
      kind varchar(40) NOT NULL,
      is_silent boolean NOT NULL,
      is_urgent boolean NOT NULL,
      is_for_admins boolean NOT NULL,
      is_for_operators boolean NOT NULL,
      payload jsonb NOT NULL,
      happened_at timestamptz NOT NULL,
      state varchar(10) NOT NULL DEFAULT 'waiting' CONSTRAINT notifications_state_check
        CHECK (state IN ('waiting', 'sent', 'dropped')),
      attempts integer NOT NULL DEFAULT 0,
      ended_at timestamptz,
      error varchar(300),
      CONSTRAINT notifications_event_chat_key UNIQUE (event_id, chat_id),
      CONSTRAINT notifications_ended_check CHECK ((state = 'waiting') = (ended_at IS NULL)),
      CONSTRAINT notifications_dropped_check CHECK (state <> 'dropped' OR error IS NOT NULL)
    );
    CREATE INDEX idx_notifications_waiting ON notifications (chat_id, is_urgent DESC, position) WHERE state = 'waiting';
    CREATE INDEX idx_notifications_happened_at ON notifications (happened_at);
    CREATE INDEX idx_notifications_user_id ON notifications (user_id);
    CREATE TABLE notification_chats (
      chat_id bigint CONSTRAINT notification_chats_pkey PRIMARY KEY,
      next_at timestamptz NOT NULL DEFAULT now(),
      held_until timestamptz
    );
    CREATE TABLE notification_pace (
      is_only boolean NOT NULL DEFAULT true CONSTRAINT notification_pace_pkey PRIMARY KEY
        CONSTRAINT notification_pace_is_only_check CHECK (is_only),
      next_at timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO notification_pace DEFAULT VALUES;
    CREATE UNIQUE INDEX events_digest_key ON events (user_id, (payload ->> 'date')) WHERE type = 'digest'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX events_digest_key;
    DROP TABLE notification_pace, notification_chats, notifications`);
}
