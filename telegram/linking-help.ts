import type { ChatContext } from './context.ts';
import type { TelegramDependencies } from './dependencies.ts';
import type { Translated } from './languages.ts';

/** All that whoever is not linked is told; short enough to answer a press with: 200 characters. */
export function linkingHelp(
  { language, from }: Pick<ChatContext, 'language' | 'from'>,
  { settings }: Pick<TelegramDependencies, 'settings'>,
): string {
  const { signIn, open } = TEXTS[language];
  return settings.authRequired ? signIn : open(from!.id);
}

const TEXTS: Translated<{ signIn: string; open(id: number): string }> = {
  en: {
    signIn:
      'This chat is not linked to an account. Sign in, ask for a link code, and send it here: /start CODE',
    open: (id) =>
      `This chat is not linked to an account, and nobody signs in here. If you run this: set TELEGRAM_CHAT_ID=${id} and start it again, then this chat commands every bot.`,
  },
  ko: {
    signIn:
      '이 채팅은 계정에 연결되어 있지 않습니다. 로그인하여 연결 코드를 받은 뒤 여기로 보내세요: /start CODE',
    open: (id) =>
      `이 채팅은 계정에 연결되어 있지 않습니다. 여기서는 로그인을 쓰지 않습니다. 직접 운영한다면 TELEGRAM_CHAT_ID=${id} 로 설정하고 다시 시작하세요. 그러면 이 채팅에서 모든 봇을 다룰 수 있습니다.`,
  },
};
