import { listBots } from '../db/bots.ts';
import type { BotRow } from '../db/rows.ts';
import { nameOfBot } from './bot-words.ts';
import type { UserContext } from './context.ts';
import type { TelegramDependencies } from './dependencies.ts';

const MOST = 10_000;
/** Of an id, so that a number is not taken for one. */
const SHORTEST_BEGINNING = 5;

/** A bot by the number that it can be named by. */
export type NumberedBot = BotRow & { number: number };

/** The person's bots, numbered from 1 on, the oldest first: another that is made leaves every number as it is. */
export async function botsOf(
  { user }: UserContext,
  { knex }: Pick<TelegramDependencies, 'knex'>,
): Promise<NumberedBot[]> {
  const newestFirst = await listBots(knex, { ...user.owner.rows, skip: 0, limit: MOST });
  return newestFirst.reverse().map((bot, at) => ({ ...bot, number: at + 1 }));
}

/** Those that can be meant: by number, by name or market, or by the beginning of an id. */
export function botsMeant(bots: readonly NumberedBot[], said: string): readonly NumberedBot[] {
  const text = said.toLowerCase();
  const named = bots.filter((bot) => nameOfBot(bot).toLowerCase() === text);
  if (named.length > 0) return named;
  if (/^\d{1,4}$/.test(text)) return bots.filter(({ number }) => number === Number(text));
  const begins = bots.filter(({ id }) => text.length >= SHORTEST_BEGINNING && id.startsWith(text));
  return begins.length > 0 ? begins : bots.filter(({ ticker }) => ticker.toLowerCase() === text);
}
