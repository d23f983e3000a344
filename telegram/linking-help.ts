import type { ChatContext } from './context.ts';
import type { Translated } from './languages.ts';

/** All that whoever is not linked is told. */
export function linkingHelp({ language }: Pick<ChatContext, 'language'>): string {
  return TEXTS[language];
}

const TEXTS: Translated<string> = {
  en: 'This chat is not linked to an account. Sign in, ask for a link code, and send it here: /start CODE',
  ko: '이 채팅은 계정에 연결되어 있지 않습니다. 로그인하여 연결 코드를 받은 뒤 여기로 보내세요: /start CODE',
};
