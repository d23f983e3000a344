import type { Knex } from 'knex';

/** The processes that trade, each for as long as it says so. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('workers', (table) => {
    table.string('identity', 100).notNullable().primary({ constraintName: 'workers_pkey' });
    table.timestamp('seen_at').notNullable().defaultTo(knex.fn.now());
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('workers');
}
