import type { MiddlewareFn } from 'grammy';
import { EVERYBODY } from '../../db/bots.ts';
import { findPerson } from '../../db/telegram-people.ts';
import type { ChatContext, ChatUser } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { languageOf } from '../languages.ts';

/** Says who writes, by the number that Telegram gives them: read with every update, so that what changes acts at once. */
export function identify(deps: TelegramDependencies): MiddlewareFn<ChatContext> {
  return async (ctx, next) => {
    const { id, language_code: tag } = ctx.from!;
    const person = await findPerson(deps.knex, id);
    ctx.language = languageOf(person?.language ?? tag);
    ctx.user = person
      ? {
          ...{ id: person.user_id, role: person.role ?? 'user', timeZone: person.time_zone },
          owner: { id: person.user_id, rows: { userId: person.user_id } },
        }
      : operator(id, deps);
    await next();
  };
}

/** Who has the operators' chat to themselves commands what nobody signed in for; while sign-in is off, that is everything. */
function operator(
  id: number,
  { operatorsChat, defaultOwnerId, settings }: TelegramDependencies,
): ChatUser | null {
  if (id !== operatorsChat) return null;
  const userId = settings.authRequired ? defaultOwnerId : EVERYBODY;
  return {
    id: defaultOwnerId,
    role: 'user',
    timeZone: 'UTC',
    owner: { id: defaultOwnerId, rows: { userId } },
  };
}
