import type { Knex } from 'knex';

/** Nobody's trades go with a user by oversight: who has bots cannot be deleted, only disabled. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE bots
      DROP CONSTRAINT bots_user_id_fkey,
      ADD CONSTRAINT bots_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE bots
      DROP CONSTRAINT bots_user_id_fkey,
      ADD CONSTRAINT bots_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE`);
}
