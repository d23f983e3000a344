import type { Knex } from 'knex';

/** What people read about their bots is told as it is written, whoever writes it: event `log`, with the line but for its extra data. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION tell_log() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO events (bot_id, user_id, type, payload)
          SELECT bot_id, user_id, 'log', jsonb_build_object(
            'id', id, 'level', level, 'message', message, 'timestamp', "timestamp")
          FROM written;
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER activity_logs_tell AFTER INSERT ON activity_logs
      REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_log()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER activity_logs_tell ON activity_logs; DROP FUNCTION tell_log()');
}
