import { LRUCache } from 'lru-cache';
import type { Api, MiddlewareFn } from 'grammy';
import type { BotCommand } from 'grammy/types';
import type { Logger } from 'pino';
import { mayAsk, type ChatCommand } from '../chat-command.ts';
import type { ChatContext } from '../context.ts';
import { LANGUAGES, type Language } from '../languages.ts';
import { withoutRequest } from '../without-request.ts';

const MOST_CHATS = 10_000;

/** Keeps the list of commands that a person's Telegram offers what they may ask for, in their language: set when that changes. */
export function menus(commands: readonly ChatCommand[], log: Logger): MiddlewareFn<ChatContext> {
  const shown = new LRUCache<number, string>({ max: MOST_CHATS });
  return async (ctx, next) => {
    const { id } = ctx.from!;
    const now = ctx.user ? `${ctx.user.role} ${ctx.language}` : 'stranger';
    if (shown.get(id) !== now) {
      shown.set(id, now);
      const scope = { type: 'chat', chat_id: id } as const;
      const allowed = commands.filter(({ roles }) => mayAsk(ctx, roles));
      const shows = ctx.user
        ? ctx.api.setMyCommands(menuOf(allowed, ctx.language), { scope })
        : ctx.api.deleteMyCommands({ scope });
      // Nobody waits for it.
      shows.catch((error: unknown) => {
        shown.delete(id);
        log.warn({ err: withoutRequest(error) }, 'a list of commands could not be set');
      });
    }
    await next();
  };
}

/** What those see who have not written yet: what anybody may ask. */
export async function showMenuToAnybody(api: Api, commands: readonly ChatCommand[]): Promise<void> {
  const open = commands.filter(({ roles }) => roles === null);
  const scope = { type: 'all_private_chats' } as const;
  await api.setMyCommands(menuOf(open, 'en'), { scope });
  for (const language of LANGUAGES)
    await api.setMyCommands(menuOf(open, language), { scope, language_code: language });
}

function menuOf(commands: readonly ChatCommand[], language: Language): BotCommand[] {
  return commands.map(({ name, description }) => ({ command: name, description: description[language] }));
}
