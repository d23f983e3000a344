import { Api, BotError, type Bot } from 'grammy';
import type { Update } from 'grammy/types';
import { keepBotName } from '../db/notification-settings.ts';
import { chatCommands } from './commands/index.ts';
import type { ChatContext } from './context.ts';
import { createTelegramBot } from './bot.ts';
import type { TelegramDependencies } from './dependencies.ts';
import { showMenuToAnybody } from './middleware/menus.ts';
import { HEARD, pollUpdates } from './poll.ts';
import { reach } from './reach.ts';
import { hearWebhook, type Webhook } from './webhook.ts';

export interface RunningBot {
  /** Rejects with `WrongToken`. */
  ended: Promise<void>;
  /** What was heard is carried out. */
  stop(): Promise<void>;
}

/**
 * Has the bot hear people: by long polling, or where one is given over a webhook. Telegram may be away, at the start and later: it
 * is tried again. `onUpdate` is told of each that was carried out.
 */
export async function runBot(
  deps: TelegramDependencies,
  { webhook, onUpdate = () => undefined }: { webhook: Webhook | null; onUpdate?: () => void },
): Promise<RunningBot> {
  const { token, apiUrl, log } = deps;
  const bot = createTelegramBot(deps);
  // Nothing in it that waits or tries again by itself.
  const api = new Api(token, { apiRoot: apiUrl, timeoutSeconds: 40 });
  const ending = new AbortController();
  const reaching = { log, ending: ending.signal };
  const handle = async (update: Update) => {
    await introduced;
    await carryOut(bot, update);
    onUpdate();
  };

  async function introduce(): Promise<void> {
    const me = await reach(() => api.getMe(), reaching);
    if (!me) return;
    bot.botInfo = me;
    await keepBotName(deps.knex, me.username);
    log.info({ bot: `https://t.me/${me.username}` }, 'The bot can be written to');
    // Nobody waits for it.
    reach(() => showMenuToAnybody(api, chatCommands(deps)), reaching).catch(() => undefined);
  }

  async function hear(): Promise<void> {
    await introduced;
    if (!webhook) {
      // Telegram delivers in one way at a time.
      await reach(() => api.deleteWebhook(), reaching);
      return pollUpdates({ api, log, handle, ending: ending.signal });
    }
    const { url, secret } = webhook;
    const options = { secret_token: secret, allowed_updates: HEARD };
    await reach(() => api.setWebhook(url, options), reaching);
  }

  const listening = webhook && (await hearWebhook(webhook, { handle, log }));
  const introduced = introduce();
  const ended = hear();
  ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      ending.abort();
      await ended.catch(() => undefined);
      await listening?.close();
    },
  };
}

async function carryOut(bot: Bot<ChatContext>, update: Update): Promise<void> {
  try {
    await bot.handleUpdate(update);
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    await bot.errorHandler(error as BotError<ChatContext>);
  }
}
