import type { Knex } from 'knex';

/** What a withdrawal is of never changes: approvals are of it, and money is sent by it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION refuse_withdrawal_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'What is asked for never changes: withdrawal %', OLD.id
          USING ERRCODE = 'restrict_violation';
      END
    $$;
    CREATE TRIGGER withdrawal_requests_subject_stays BEFORE UPDATE ON withdrawal_requests FOR EACH ROW
      WHEN ((NEW.id, NEW.user_id, NEW.amount, NEW.asset, NEW.network, NEW.address, NEW.tag, NEW.digest)
        IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.amount, OLD.asset, OLD.network, OLD.address, OLD.tag, OLD.digest))
      EXECUTE FUNCTION refuse_withdrawal_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER withdrawal_requests_subject_stays ON withdrawal_requests;
    DROP FUNCTION refuse_withdrawal_change()`);
}
