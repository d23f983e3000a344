import { autoRetry } from '@grammyjs/auto-retry';
import { apiThrottler } from '@grammyjs/transformer-throttler';
import { Bot } from 'grammy';
import type { ChatContext } from './context.ts';
import { codes, reasons } from './commands/admin/index.ts';
import { chatCommands } from './commands/index.ts';
import type { TelegramDependencies } from './dependencies.ts';
import { faults } from './middleware/faults.ts';
import { inTurn } from './middleware/in-turn.ts';
import { identify } from './middleware/identify.ts';
import { menus } from './middleware/menus.ts';
import { otherwise } from './middleware/otherwise.ts';
import { privateChats } from './middleware/private-chats.ts';
import { welcomeBack } from './middleware/welcome-back.ts';

/** Longer an answer is not worth waiting for: what has to arrive goes through the queue of notifications. */
const LONGEST_RETRY_SECONDS = 30;

/**
 * The bot, with every command; `start` of grammY or `webhook` gives it updates. What it sends keeps Telegram's limits, and waits
 * where Telegram says so.
 */
export function createTelegramBot(deps: TelegramDependencies): Bot<ChatContext> {
  const bot = new Bot<ChatContext>(deps.token, { client: { apiRoot: deps.apiUrl } });
  bot.api.config.use(apiThrottler());
  bot.api.config.use(
    autoRetry({
      ...{ maxRetryAttempts: 3, maxDelaySeconds: LONGEST_RETRY_SECONDS },
      // It would try for ever, and what was lost may have arrived.
      rethrowHttpErrors: true,
    }),
  );
  const chats = privateChats(bot);
  const commands = chatCommands(deps);
  chats.use(inTurn(deps), welcomeBack(deps), identify(deps), menus(commands, deps.log));
  chats.use(codes(deps));
  for (const { composer } of commands) chats.use(composer);
  chats.use(reasons(deps), otherwise(deps));
  bot.catch(faults(deps.log));
  return bot;
}
