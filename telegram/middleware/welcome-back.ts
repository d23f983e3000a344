import type { MiddlewareFn } from 'grammy';
import { unblock } from '../../db/telegram-links.ts';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';

/** Whoever writes lets the bot write to them again. */
export function welcomeBack({ knex }: Pick<TelegramDependencies, 'knex'>): MiddlewareFn<ChatContext> {
  return async ({ from }, next) => {
    await unblock(knex, from!.id);
    await next();
  };
}
