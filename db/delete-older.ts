import type { Knex } from 'knex';

/** So many rows go in one statement: none holds its locks for long, nor runs into the time a statement has. */
const BATCH = 5_000;

/** Deletes the rows of a table (those with the values of `only`) whose `time` lies more than `days` back, in batches; returns how many. */
export async function deleteOlder(
  knex: Knex,
  { table, time, days, only = {} }: { table: string; time: string; days: number; only?: object },
  batch = BATCH,
): Promise<number> {
  let [all, deleted] = [0, 0];
  do {
    const old = knex(table).where(only).whereRaw('?? < now() - make_interval(days => ?)', [time, days]);
    // By its place, which a row changes with every update: one that has just been used again stays.
    deleted = await knex(table).whereIn('ctid', old.limit(batch).select('ctid')).delete();
    all += deleted;
  } while (deleted >= batch);
  return all;
}
