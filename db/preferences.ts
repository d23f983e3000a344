import type { Knex } from 'knex';

/** How a user wants to be told things. */
export interface Preferences {
  /** IANA's name of it. */
  time_zone: string;
  /** Null for the one their Telegram speaks. */
  language: 'en' | 'ko' | null;
}

const DEFAULTS: Preferences = { time_zone: 'UTC', language: null };

export async function readPreferences(knex: Knex, userId: string): Promise<Preferences> {
  const row = await knex('user_preferences')
    .where({ user_id: userId })
    .first<Preferences | undefined>('time_zone', 'language');
  return row ?? DEFAULTS;
}

/** Changes what is given and returns all; two changes at once of different preferences both stand. */
export async function changePreferences(
  knex: Knex,
  userId: string,
  change: Partial<Preferences>,
): Promise<Preferences> {
  const [changed] = (await knex('user_preferences')
    .insert({ ...DEFAULTS, ...change, user_id: userId })
    .onConflict('user_id')
    .merge({ ...change, updated_at: knex.fn.now() })
    .returning(['time_zone', 'language'])) as [Preferences];
  return changed;
}
