import type { Knex } from 'knex';

/**
 * The outbox becomes a stream: what is committed is given its place in it, in order and without a gap, so that who has read up
 * to a place has missed nothing. `events.id` is taken before the commit, and tells no such thing. Whoever gives places holds
 * the row of `event_stream`. `events` is notified once a transaction; `stream` by who gives places.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE events DROP COLUMN delivered_at, ADD COLUMN position bigint;
    UPDATE events SET position = placed.position
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS position FROM events) AS placed WHERE placed.id = events.id;
    CREATE TABLE event_stream (
      is_only boolean NOT NULL DEFAULT true CONSTRAINT event_stream_pkey PRIMARY KEY
        CONSTRAINT event_stream_is_only_check CHECK (is_only),
      last_position bigint NOT NULL
    );
    INSERT INTO event_stream (last_position) SELECT coalesce(max(position), 0) FROM events;
    CREATE INDEX idx_events_unplaced ON events (id) WHERE position IS NULL;
    CREATE UNIQUE INDEX events_position_key ON events (position) WHERE position IS NOT NULL;
    CREATE INDEX idx_events_user_position ON events (user_id, position) WHERE position IS NOT NULL;
    DROP TRIGGER events_notify ON events;
    CREATE OR REPLACE FUNCTION notify_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('events', '');
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER events_notify AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION notify_event()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER events_notify ON events;
    CREATE OR REPLACE FUNCTION notify_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('events', NEW.id::text);
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER events_notify AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION notify_event();
    DROP TABLE event_stream;
    DROP INDEX idx_events_user_position;
    DROP INDEX events_position_key;
    DROP INDEX idx_events_unplaced;
    ALTER TABLE events DROP COLUMN position, ADD COLUMN delivered_at timestamptz;
    CREATE INDEX idx_events_undelivered ON events (id) WHERE delivered_at IS NULL`);
}
