import type { Knex } from 'knex';

/**
 * What people have asked of withdrawals, before anything is done: who, and from where, which is kept here so that it need
 * not go through Temporal's histories. A command that has been carried out is carried out once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE withdrawal_commands (
      id uuid CONSTRAINT withdrawal_commands_pkey PRIMARY KEY,
      request_id uuid NOT NULL
        CONSTRAINT withdrawal_commands_request_id_fkey REFERENCES withdrawal_requests (id),
      name varchar(10) NOT NULL CONSTRAINT withdrawal_commands_name_check
        CHECK (name IN ('approve', 'reject', 'cancel', 'expire', 'resolve')),
      user_id uuid CONSTRAINT withdrawal_commands_user_id_fkey REFERENCES users (id),
      address varchar(64),
      asked_at timestamptz(3) NOT NULL,
      carried_out_at timestamptz(3)
    );
    CREATE INDEX idx_withdrawal_commands_request_id ON withdrawal_commands (request_id)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE withdrawal_commands');
}
