import type { Knex } from 'knex';

/** Until the transaction ends nobody else makes a bot of that user's, or gives one an account. Null: bots of nobody's. */
export async function lockBotsOf(tx: Knex, userId: string | null): Promise<void> {
  await tx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`bots of ${userId ?? 'nobody'}`]);
}
