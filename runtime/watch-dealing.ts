import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { readFreeze, type Freeze } from '../db/fund/dealing.ts';

export interface DealingWatch {
  knex: Knex;
  log: Pick<Logger, 'error' | 'warn'>;
  everyMs?: number;
}

const EVERY_MS = 5_000;

/**
 * Says in the log that dealing in the fund is frozen, since when and why: once for each freeze, whoever or whatever froze it, and once
 * where it is found frozen at the start. Says as well that it goes on. Call what is returned at the end.
 */
export function watchDealing({ knex, log, everyMs = EVERY_MS }: DealingWatch): () => Promise<void> {
  let known: Freeze | null = null;
  let looking = look();
  const timer = setInterval(() => (looking = looking.then(look)), everyMs);

  async function look(): Promise<void> {
    // A database that is away is no news of dealing.
    const found = await readFreeze(knex).catch(() => known);
    if (found && found.since.getTime() !== known?.since.getTime())
      log.error({ ...found }, 'dealing in the fund is frozen until an admin has looked and lets it go on');
    if (!found && known) log.warn('dealing in the fund goes on');
    known = found;
  }

  return async () => {
    clearInterval(timer);
    await looking;
  };
}
