import { Composer, type Filter, type MiddlewareFn } from 'grammy';
import type { Role } from '../db/models/user.ts';
import type { ChatContext, UserContext } from './context.ts';
import type { Translated } from './languages.ts';

/** One thing that can be asked of the bot. */
export interface ChatCommand {
  /** Without the slash. */
  name: string;
  /** For the list of commands. */
  description: Translated<string>;
  /** Who may; null for anybody, users or not. */
  roles: readonly Role[] | null;
  /** The label of the button that asks the same. */
  button?: Translated<string>;
  composer: Composer<ChatContext>;
}

export interface Declaration extends Pick<ChatCommand, 'name' | 'description' | 'button'> {
  /** `user` unless said: everybody who is linked. */
  for?: 'user' | 'admin';
  /** `ctx.match` is what follows the command. */
  handler: (ctx: Filter<UserContext, 'message'> & { match: string }) => Promise<unknown>;
  /** What the buttons below its messages do, by the first word of their data; `ctx.match` is the rest, from ':' on. */
  pressed?: Record<
    string,
    (ctx: Filter<UserContext, 'callback_query:data'> & { match: string }) => Promise<unknown>
  >;
}

const ROLES = { user: ['user', 'ops', 'admin'], admin: ['admin'] } as const;

/** The one declaration of a command: what it is called, who may, and what it does; written in words, by its button or below one. */
export function chatCommand({
  for: whom = 'user',
  handler,
  pressed = {},
  ...declared
}: Declaration): ChatCommand {
  const roles = ROLES[whom];
  const composer = new Composer<ChatContext>();
  const allowed = composer.filter((ctx): ctx is UserContext => mayAsk(ctx, roles));
  const asked = handler as unknown as MiddlewareFn<UserContext>;
  allowed.command(declared.name, asked);
  if (declared.button)
    allowed.hears(Object.values(declared.button), (ctx, next) => {
      ctx.match = '';
      return asked(ctx, next);
    });
  for (const [word, press] of Object.entries(pressed))
    allowed.callbackQuery(new RegExp(`^${word}(:|$)`), async (ctx) => {
      await ctx.answerCallbackQuery();
      ctx.match = ctx.callbackQuery.data.slice(word.length + 1);
      await press(ctx as Parameters<typeof press>[0]);
    });
  return { ...declared, roles, composer };
}

/** Whether they are one of those who may. */
export function mayAsk({ user }: ChatContext, roles: readonly Role[] | null): boolean {
  return roles === null || (user !== null && roles.includes(user.role));
}
