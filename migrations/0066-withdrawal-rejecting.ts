import type { Knex } from 'knex';

/** An approved withdrawal that has been rejected is not sent any more; its units come back once something is dealt. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE withdrawal_requests
      DROP CONSTRAINT withdrawal_requests_step_check,
      ADD CONSTRAINT withdrawal_requests_step_check
        CHECK (step IN ('cooling', 'rejecting', 'staging', 'sending', 'confirming', 'returning')),
      ADD CONSTRAINT withdrawal_requests_rejecting_check
        CHECK (step <> 'rejecting' OR (status = 'approved' AND rejected_by IS NOT NULL))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    UPDATE withdrawal_requests SET step = 'cooling' WHERE step = 'rejecting';
    ALTER TABLE withdrawal_requests
      DROP CONSTRAINT withdrawal_requests_rejecting_check,
      DROP CONSTRAINT withdrawal_requests_step_check,
      ADD CONSTRAINT withdrawal_requests_step_check
        CHECK (step IN ('cooling', 'staging', 'sending', 'confirming', 'returning'))`);
}
