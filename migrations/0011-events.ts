import type { Knex } from 'knex';

/**
 * The outbox: written in the transaction of what it tells, read by the WebSocket hub and Telegram. No foreign key: an
 * event outlives its bot. Every insert notifies the channel `events` with the new row's id.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE events (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT events_pkey PRIMARY KEY,
      bot_id uuid,
      user_id uuid,
      type varchar(60) NOT NULL,
      payload jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      delivered_at timestamptz
    );
    CREATE INDEX idx_events_undelivered ON events (id) WHERE delivered_at IS NULL;
    CREATE INDEX idx_events_created_at ON events (created_at);
    CREATE FUNCTION notify_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('events', NEW.id::text);
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER events_notify AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION notify_event()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE events; DROP FUNCTION notify_event()');
}
