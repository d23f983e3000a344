import type { Knex } from 'knex';

/** Whose the fund's exchange account and its bot are: a user without address or password, whom nobody signs in as. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE fund_state ADD COLUMN owner_id uuid
      CONSTRAINT fund_state_owner_id_fkey REFERENCES users (id)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE fund_state DROP COLUMN owner_id');
}
