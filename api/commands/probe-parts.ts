import type { Dependencies } from '../dependencies.ts';
import { isUp } from '../probes.ts';

/** Whether what everything needs answers: the database for reading, Temporal for commanding bots. */
export async function probeParts({
  knex,
  bots,
}: Pick<Dependencies, 'knex' | 'bots'>): Promise<{ database: boolean; temporal: boolean }> {
  const [database, temporal] = await Promise.all([
    isUp(() => knex.raw('SELECT 1')),
    isUp(() => bots.reachable()),
  ]);
  return { database, temporal };
}
