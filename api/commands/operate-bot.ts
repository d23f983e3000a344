import { randomUUID } from 'node:crypto';
import { insertLog } from '../../db/logs.ts';
import type { BotRow } from '../../db/rows.ts';
import type { CommandContext } from './context.ts';
import { addressOf, requireBot } from './require-bot.ts';

/** What operators may ask of anybody's bot: nothing that lets it trade more, changes settings or closes a position. */
export type Operation = keyof typeof DONE;

const DONE = { pause: 'paused', stop: 'stopped' } as const;

/** Carries it out and tells the bot's owner who it was. `by` is the operator; `context` is for every row. Every one may be repeated. */
export async function operateBot(
  botId: string,
  operation: Operation,
  { by, ...context }: CommandContext & { by: string },
): Promise<BotRow> {
  const bot = await requireBot(botId, context);
  const command = operation === 'stop' ? ({ name: 'stop', mode: 'keep' } as const) : { name: operation };
  const asked = { ...command, commandId: context.commandIdFor?.(bot.id) ?? randomUUID(), by };
  const { changed } = await context.bots.command(addressOf(bot, context), asked);
  const operated = await requireBot(botId, context);
  if (changed) {
    const message = `An operator ${DONE[operation]} the bot for ${bot.ticker} on ${bot.exchange}`;
    await insertLog(context.knex, { bot_id: bot.id, user_id: bot.user_id, level: 'WARNING', message });
  }
  return operated;
}
