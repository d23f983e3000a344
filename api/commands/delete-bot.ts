import { randomUUID } from 'node:crypto';
import { FAILURES } from '../../workflows/messages.ts';
import { ApiError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { addressOf, requireBot } from './require-bot.ts';

/** Stops the bot, then deletes it with its trades; its logs stay. Kept, with status ERROR, where an order may still rest. */
export async function deleteBot(botId: string, context: CommandContext): Promise<void> {
  const bot = await requireBot(botId, context);
  try {
    const command = { name: 'retire', commandId: randomUUID(), by: context.owner.id } as const;
    await context.bots.command(addressOf(bot, context), command);
  } catch (error) {
    if ((error as { type?: unknown }).type !== FAILURES.exchange) throw error;
    throw new ApiError(
      'cancel_unconfirmed',
      'The exchange has not confirmed that the order is cancelled. The bot is kept; delete it again in a minute.',
      { cause: error },
    );
  }
}
