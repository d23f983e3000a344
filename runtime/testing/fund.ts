import type { Knex } from 'knex';
import { ensureFundOwner } from '../../db/fund/owner.ts';
import { insertBot, type NewBot } from '../../db/bots.ts';
import type { Bot } from '../../db/models/bot.ts';
import { PING_PONG } from './rows.ts';

/** The fund's bot at rest: ping-pong on BTC/USDC, without an account unless it is given one. */
export async function addFundBot(knex: Knex, columns: Partial<NewBot> = {}): Promise<Bot> {
  const user_id = await ensureFundOwner(knex);
  const row = { ...PING_PONG, ticker: 'BTC/USDC', user_id, ...columns };
  const bot = await insertBot(knex, row, { maxBots: 1 });
  if (!bot) throw new Error('The fund has a bot already');
  return bot;
}
