import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../db/audit.ts';
import { insertBot } from '../../db/bots.ts';
import type { BotRow } from '../../db/rows.ts';
import { ApiError } from '../errors.ts';
import { refuse } from '../validation.ts';
import { columnsOf } from './bot-columns.ts';
import { checkSettings, type BotSettings } from './bot-settings.ts';
import type { CommandContext } from './context.ts';
import { addressOf, requireBot } from './require-bot.ts';

/**
 * Stores a bot and starts it; the answer has the status it came to (ERROR where it cannot trade). Where the start cannot
 * be asked for, nothing is left behind and `Unavailable` is thrown: the caller may simply try again.
 */
export async function createBot(sent: BotSettings, context: CommandContext): Promise<BotRow> {
  const { knex, bots, owner, log } = context;
  const bot = await store(sent, context);
  try {
    const { status } = await bots.command(addressOf(bot, context), {
      name: 'start',
      commandId: randomUUID(),
      by: owner.id,
    });
    return { ...bot, status };
  } catch (error) {
    if (await removeUnstarted(bot, context)) throw error;
    log.warn({ err: error, bot_id: bot.id }, 'The start was carried out although its answer was lost');
    return requireBot(bot.id, { knex, owner });
  }
}

async function store(sent: BotSettings, context: CommandContext): Promise<BotRow> {
  const { maxBots, tradeAmount } = context.settings;
  const { settings, faults } = checkSettings(sent, tradeAmount);
  refuse(faults);
  const { strategy, ticker, exchange, parameters, protections } = settings;
  const bot = await insertBot(
    context.knex,
    {
      user_id: context.owner.id,
      ...{ strategy, ticker, exchange, protections, first_order: 'BUY' },
      ...columnsOf(strategy, parameters),
    },
    { maxBots },
  );
  if (!bot) throw new ApiError('bot_limit_reached', `Maximum number of bots reached (${maxBots})`);
  return bot;
}

/** False where the bot runs after all: then it stays. A workflow that comes late finds no row and ends. */
async function removeUnstarted(bot: BotRow, { knex, owner }: CommandContext): Promise<boolean> {
  return knex.transaction(async (tx) => {
    const row = await tx('bots').where({ id: bot.id, status: 'STOPPED' }).forUpdate().first('id');
    if (!row) return false;
    await tx('activity_logs').where({ bot_id: bot.id }).delete();
    await tx('bots').where({ id: bot.id }).delete();
    const deletion = { action: 'bot.delete', userId: owner.id, address: null } as const;
    await recordAudit(tx, { subject: `bot/${bot.id}`, ...deletion });
    return true;
  });
}
