import { Composer } from 'grammy';
import type { ChatCommand } from '../chat-command.ts';
import type { ChatContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import type { Translated } from '../languages.ts';

/** The beginning of a chat, and of a link: `/start CODE`. */
export function start(_deps: TelegramDependencies): ChatCommand {
  const composer = new Composer<ChatContext>();
  const description = { en: 'Begin, or link this chat: /start CODE', ko: '시작 또는 채팅 연결: /start CODE' };
  composer.command('start', async (ctx) => {
    const { linked, howToLink } = TEXTS[ctx.language];
    await ctx.reply(ctx.user ? linked : howToLink);
  });
  return { name: 'start', description, roles: null, composer };
}

const TEXTS: Translated<{ linked: string; howToLink: string }> = {
  en: {
    linked: 'This chat is linked. /help says what can be asked.',
    howToLink:
      'This chat is not linked to an account. Sign in, ask for a link code, and send it here: /start CODE',
  },
  ko: {
    linked: '이 채팅은 연결되어 있습니다. /help 로 명령을 확인하세요.',
    howToLink:
      '이 채팅은 계정에 연결되어 있지 않습니다. 로그인하여 연결 코드를 받은 뒤 여기로 보내세요: /start CODE',
  },
};
