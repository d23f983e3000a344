import { findBot } from '../../db/bots.ts';
import type { BotRow } from '../../db/rows.ts';
import type { BotAddress } from '../../workflows/client.ts';
import { botNotFound } from '../errors.ts';
import type { CommandContext } from './context.ts';

/** The owner's bot. Throws `bot_not_found` for one that is not there or somebody else's: nobody can tell which. */
export async function requireBot(
  botId: string,
  { knex, owner }: Pick<CommandContext, 'knex' | 'owner'>,
): Promise<BotRow> {
  const bot = await findBot(knex, botId, owner.rows);
  if (!bot) throw botNotFound();
  return bot;
}

/** What its workflow is called by. */
export function addressOf(bot: BotRow, { owner }: Pick<CommandContext, 'owner'>): BotAddress {
  return {
    botId: bot.id,
    ownerId: bot.user_id ?? owner.id,
    exchange: bot.exchange,
    symbol: bot.ticker,
    strategy: bot.strategy,
  };
}
