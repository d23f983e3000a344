import type { Knex } from 'knex';

/** Executions that the newest look at the exchange found and the bot had not recorded: `[{clientOrderId, tradeId}]`. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE fund_state ADD COLUMN unrecorded jsonb NOT NULL DEFAULT '[]'
      CONSTRAINT fund_state_unrecorded_check CHECK (jsonb_typeof(unrecorded) = 'array')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE fund_state DROP COLUMN unrecorded');
}
