import type { Knex } from 'knex';

/** Says that a worker is alive, and which process it is. */
export async function keepWorker(
  knex: Knex,
  { identity, processId }: { identity: string; processId: number },
): Promise<void> {
  await knex('workers')
    .insert({ identity, process_id: processId })
    .onConflict('identity')
    .merge({ seen_at: knex.fn.now(), process_id: processId });
}

/**
 * Workers that have been silent for so long, each claimed for the caller alone for as long again: where the caller dies
 * over it, the next one finds them once more.
 */
export async function claimSilentWorkers(knex: Knex, silentForMs: number): Promise<string[]> {
  const claimed = await knex('workers')
    .where('seen_at', '<', knex.raw(`now() - ? * interval '1 ms'`, [silentForMs]))
    .update({ seen_at: knex.fn.now() })
    .returning<{ identity: string }[]>('identity');
  return claimed.map(({ identity }) => identity);
}

/** Says that a worker has ended: it counts as silent from now on. */
export async function resignWorker(knex: Knex, identity: string): Promise<void> {
  await knex('workers')
    .where({ identity })
    .update({ seen_at: new Date(0) });
}

/** What it left has been taken care of. */
export async function forgetWorker(knex: Knex, identity: string): Promise<void> {
  await knex('workers').where({ identity }).delete();
}
