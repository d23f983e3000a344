import type { Knex } from 'knex';
import { Event } from '../models/event.ts';
import { freezeDealing, thawDealing } from './dealing.ts';

/** Freezes dealing and tells whoever listens, once: where it is frozen already nothing happens. */
export async function freezeFund(
  knex: Knex,
  { at, because }: { at: number; because: string },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    if (!(await freezeDealing(tx, { at, because }))) return false;
    await Event.query(tx).insert({ type: 'fund.frozen', payload: { because } });
    return true;
  });
}

/** Lets dealing go on. `by`: whose word it is, by id. Returns whether it was frozen. */
export async function unfreezeFund(knex: Knex, { by }: { by: string }): Promise<boolean> {
  return knex.transaction(async (tx) => {
    if (!(await thawDealing(tx))) return false;
    await Event.query(tx).insert({ type: 'fund.unfrozen', payload: { by } });
    return true;
  });
}
