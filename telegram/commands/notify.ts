import { GrammyError, InlineKeyboard } from 'grammy';
import {
  KINDS,
  NOTIFICATION_KINDS,
  NOTIFICATION_LEVELS,
  type NotificationKind,
  type NotificationLevel,
} from '../../db/notification-kinds.ts';
import {
  changeNotificationSettings,
  kindsFor,
  readNotificationSettings,
} from '../../db/notification-settings.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { UserContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';

/** What one is told of, by kind: with a sound, silently, or not; a button a kind, which moves on to the next. */
export function notify({ knex, operatorsChat }: TelegramDependencies): ChatCommand {
  const kindsOf = ({ user, chat }: UserContext) => (chat?.id === operatorsChat ? KINDS : kindsFor(user.role));

  async function keyboardOf(ctx: UserContext): Promise<InlineKeyboard> {
    const levels = await readNotificationSettings(knex, ctx.user.id);
    const keyboard = new InlineKeyboard();
    for (const kind of kindsOf(ctx)) {
      const label = `${SIGNS[levels[kind]]} ${NOTIFICATION_KINDS[kind].name[ctx.language]}`;
      keyboard.text(label, `notify:${kind}:${after(levels[kind])}`).row();
    }
    return keyboard;
  }

  return chatCommand({
    name: 'notify',
    description: { en: 'What you are told of', ko: '알림 설정' },
    handler: async (ctx) => ctx.reply(TEXT[ctx.language], { reply_markup: await keyboardOf(ctx) }),
    pressed: {
      async notify(ctx) {
        const [kind, level] = ctx.match.split(':') as [NotificationKind, NotificationLevel];
        if (!kindsOf(ctx).includes(kind) || !NOTIFICATION_LEVELS.includes(level)) return;
        await changeNotificationSettings(knex, ctx.user.id, { [kind]: level });
        const shown = { reply_markup: await keyboardOf(ctx) };
        await ctx.editMessageText(TEXT[ctx.language], shown).catch(unlessAsItWas);
      },
    },
  });
}

const SIGNS: Record<NotificationLevel, string> = { on: '🔔', silent: '🔕', off: '🚫' };

const TEXT: Translated<string> = {
  en: 'What you are told of: 🔔 with a sound, 🔕 silently, 🚫 not. Press to change.',
  ko: '알림 설정: 🔔 소리, 🔕 무음, 🚫 끔. 눌러서 바꾸세요.',
};

function after(level: NotificationLevel): NotificationLevel {
  return NOTIFICATION_LEVELS[(NOTIFICATION_LEVELS.indexOf(level) + 1) % NOTIFICATION_LEVELS.length]!;
}

/** Two presses at once come to the same, and Telegram refuses to change a message into what it is. */
function unlessAsItWas(error: unknown): void {
  if (!(error instanceof GrammyError && error.description.includes('is not modified'))) throw error;
}
