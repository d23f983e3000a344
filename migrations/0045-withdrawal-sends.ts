import type { Knex } from 'knex';

/**
 * Each attempt to send a withdrawal is on record before it is made, with the moment after which it sends nothing: whoever
 * finds it there asks what became of it, and does not send.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE withdrawal_requests
      ADD COLUMN send_attempt smallint NOT NULL DEFAULT 0
        CONSTRAINT withdrawal_requests_send_attempt_check CHECK (send_attempt >= 0),
      ADD COLUMN send_before timestamptz(3),
      ADD CONSTRAINT withdrawal_requests_send_before_check CHECK ((send_attempt = 0) = (send_before IS NULL))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE withdrawal_requests
      DROP CONSTRAINT withdrawal_requests_send_before_check,
      DROP COLUMN send_attempt,
      DROP COLUMN send_before`);
}
