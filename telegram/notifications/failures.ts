import { GrammyError, HttpError } from 'grammy';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import {
  dropNotifications,
  holdChat,
  moveChat,
  putOff,
  restAll,
  type Notification,
} from '../../db/notifications.ts';
import { markBlocked } from '../../db/telegram-links.ts';

const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 5 * 60_000;
/** A token that is none any more comes right when somebody has set another. */
const TOKEN_REST_MS = 60_000;

/** Notes what Telegram said instead of taking the message: whether it is tried again, and when. Others are not kept up by it. */
export async function noteFailure(
  knex: Knex,
  notification: Notification,
  error: unknown,
  log: Logger,
): Promise<void> {
  const { id, chat_id: chatId } = notification;
  if (error instanceof GrammyError) {
    const { error_code: code, description, parameters } = error;
    if (code === 429) return holdChat(knex, chatId, (parameters.retry_after ?? 1) * 1_000);
    if (code === 401 || code === 404) {
      log.error({ code, description }, 'Telegram does not know the token: set TELEGRAM_BOT_TOKEN');
      await putOff(knex, notification, { error: description, ms: TOKEN_REST_MS });
      return restAll(knex, TOKEN_REST_MS);
    }
    const { migrate_to_chat_id: movedTo } = parameters;
    if (movedTo !== undefined) {
      log.warn({ movedTo }, 'a group that has a new number: set TELEGRAM_CHAT_ID');
      return moveChat(knex, { from: chatId, to: movedTo });
    }
    if (code === 403 || GONE.test(description)) return leaveChat(knex, chatId, description);
    if (code < 500) {
      log.warn({ id, code, description }, 'a notification that Telegram does not take');
      return dropNotifications(knex, { id }, description);
    }
  }
  if (!(error instanceof GrammyError || error instanceof HttpError)) {
    log.error({ err: error, id }, 'a notification that could not be written');
    return dropNotifications(knex, { id }, 'could not be written');
  }
  await putOff(knex, notification, { error: reasonOf(error), ms: backOffMs(notification.attempts) });
}

const GONE = /chat not found|user is deactivated|PEER_ID_INVALID/i;

/** Whoever blocked the bot, or is gone, is sent nothing more until they write again. */
async function leaveChat(knex: Knex, chatId: number, why: string): Promise<void> {
  await knex.transaction(async (tx) => {
    await markBlocked(tx, chatId);
    await dropNotifications(tx, { chat_id: chatId }, why);
  });
}

/** Twice as long each time, and never two at once. */
function backOffMs(attempts: number): number {
  const most = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(attempts, 10));
  return most * (0.5 + Math.random() / 2);
}

/** Nothing of the request: its address holds the token. */
function reasonOf(error: GrammyError | HttpError): string {
  return error instanceof GrammyError ? error.description : 'Telegram could not be reached';
}
