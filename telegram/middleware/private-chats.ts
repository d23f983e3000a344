import type { Composer } from 'grammy';
import type { ChatContext } from '../context.ts';

/**
 * Lets through what one person writes or presses in their own chat, and nothing else: whoever reads along in a group, or forwards
 * what another wrote, has no say in it.
 */
export function privateChats(bot: Composer<ChatContext>): Composer<ChatContext> {
  return bot.filter(
    ({ chat, from, message }) =>
      chat?.type === 'private' &&
      from !== undefined &&
      !from.is_bot &&
      from.id === chat.id &&
      message?.forward_origin === undefined &&
      message?.via_bot === undefined,
  );
}
