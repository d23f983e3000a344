import type { MiddlewareFn } from 'grammy';
import { EVERYBODY } from '../../db/bots.ts';
import { readPreferences } from '../../db/preferences.ts';
import { findPerson, type TelegramUser } from '../../db/telegram-people.ts';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { languageOf } from '../languages.ts';

/** Says who writes, by the number that Telegram gives them: read with every update, so that what changes acts at once. */
export function identify(deps: TelegramDependencies): MiddlewareFn<ChatContext> {
  return async (ctx, next) => {
    const { id, language_code: tag } = ctx.from!;
    const linked = await findPerson(deps.knex, id);
    const person = linked ?? (await operator(id, deps));
    ctx.language = languageOf(person?.language ?? tag);
    ctx.user = person && {
      ...{ id: person.user_id, role: person.role ?? 'user', timeZone: person.time_zone },
      owner: { id: person.user_id, rows: { userId: linked ? linked.user_id : unowned(deps) } },
    };
    await next();
  };
}

/** Who has the operators' chat to themselves commands what nobody signed in for. */
async function operator(
  id: number,
  { knex, operatorsChat, defaultOwnerId }: TelegramDependencies,
): Promise<TelegramUser | null> {
  if (id !== operatorsChat) return null;
  return { user_id: defaultOwnerId, role: 'user', ...(await readPreferences(knex, defaultOwnerId)) };
}

/** While sign-in is off, that is everything. */
function unowned({ settings, defaultOwnerId }: TelegramDependencies): string | typeof EVERYBODY {
  return settings.authRequired ? defaultOwnerId : EVERYBODY;
}
