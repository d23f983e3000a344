import type { Knex } from 'knex';

/** What has been asked in a chat may also wait for a reason, in the person's own words. */
export async function up(knex: Knex): Promise<void> {
  await allow(knex, ['press', 'code', 'reason']);
}

export async function down(knex: Knex): Promise<void> {
  await knex('telegram_asks').where({ awaits: 'reason' }).delete();
  await allow(knex, ['press', 'code']);
}

async function allow(knex: Knex, awaited: string[]): Promise<void> {
  await knex.raw(`
    ALTER TABLE telegram_asks DROP CONSTRAINT telegram_asks_awaits_check,
      ADD CONSTRAINT telegram_asks_awaits_check CHECK (awaits IN (${awaited.map((each) => `'${each}'`).join(', ')}))`);
}
