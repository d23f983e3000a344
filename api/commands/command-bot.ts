import { randomUUID } from 'node:crypto';
import type { StopMode } from '../../bots/lifecycle.ts';
import type { BotRow } from '../../db/rows.ts';
import type { CommandContext } from './context.ts';
import { addressOf, requireBot } from './require-bot.ts';

/** What a person may ask of a bot that is there. */
export type Ask = { name: 'start' | 'pause' | 'resume' | 'toggle' } | { name: 'stop'; mode: StopMode };

/** Asks, waits until it is done, and returns the bot as stored then. Every one may be repeated. */
export async function commandBot(botId: string, ask: Ask, context: CommandContext): Promise<BotRow> {
  const bot = await requireBot(botId, context);
  const command = { ...ask, commandId: context.commandIdFor?.(bot.id) ?? randomUUID(), by: context.owner.id };
  await context.bots.command(addressOf(bot, context), command);
  return requireBot(botId, context);
}
