import { isOperatorsChatOn, switchOperatorsChat } from '../../db/notification-settings.ts';
import { findLink, switchLink } from '../../db/telegram-links.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

type Context = Pick<Dependencies, 'knex'> & {
  /** Who is signed in; null where nobody has to be: then it is about the installation's own chat. */
  userId: string | null;
};

/** Whether messages go to the chat of whoever asks. */
export async function isTelegramOn({ knex, userId }: Context): Promise<boolean> {
  if (userId === null) return isOperatorsChatOn(knex);
  const link = await findLink(knex, userId);
  return link !== undefined && link.is_on && link.blocked_at === null;
}

/** Turns messages on or off. Throws `telegram_not_linked` where there is no chat to send them to. */
export async function switchTelegram(isOn: boolean, context: Context): Promise<boolean> {
  const { knex, userId } = context;
  if (userId === null) {
    if (!(await switchOperatorsChat(knex, isOn)))
      throw new ApiError(
        'telegram_not_linked',
        'There is no chat: set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, and restart.',
      );
  } else if (!(await switchLink(knex, userId, isOn)))
    throw new ApiError('telegram_not_linked', 'No chat is linked: ask for a code and send it to the bot.');
  return isTelegramOn(context);
}
