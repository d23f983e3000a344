import { listBots } from '../db/bots.ts';
import type { BotRow } from '../db/rows.ts';
import { nameOfBot } from './bot-words.ts';
import type { UserContext } from './context.ts';
import type { TelegramDependencies } from './dependencies.ts';

const MOST = 10_000;
/** Of an id, so that a number is not taken for one. */
const SHORTEST_BEGINNING = 5;

/** The person's bots, newest first: the number of one is its place here, from 1 on. */
export function botsOf(
  { user }: UserContext,
  { knex }: Pick<TelegramDependencies, 'knex'>,
): Promise<BotRow[]> {
  return listBots(knex, { ...user.owner.rows, skip: 0, limit: MOST });
}

/** Those that can be meant: by number, by name or market, or by the beginning of an id. */
export function botsMeant(bots: readonly BotRow[], said: string): readonly BotRow[] {
  const text = said.toLowerCase();
  const named = bots.filter((bot) => nameOfBot(bot).toLowerCase() === text);
  if (named.length > 0) return named;
  if (/^\d{1,4}$/.test(text))
    return bots.slice(Number(text) - 1, Number(text)).filter(() => Number(text) > 0);
  const begins = bots.filter(({ id }) => text.length >= SHORTEST_BEGINNING && id.startsWith(text));
  return begins.length > 0 ? begins : bots.filter(({ ticker }) => ticker.toLowerCase() === text);
}
