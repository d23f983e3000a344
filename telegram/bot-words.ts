import type { BotStatus } from '../bots/lifecycle.ts';
import type { BotRow } from '../db/rows.ts';
import type { Translated } from './languages.ts';

/** A bot's status, as people call it. */
export const STATUS_WORDS: Translated<Record<BotStatus, string>> = {
  en: { ACTIVE: 'running', PAUSED: 'paused', STOPPED: 'stopped', ERROR: 'error' },
  ko: { ACTIVE: '실행', PAUSED: '일시정지', STOPPED: '정지', ERROR: '오류' },
};

/** What a bot is called: by its name, else by its market. */
export function nameOfBot({ name, ticker }: Pick<BotRow, 'name' | 'ticker'>): string {
  return name ?? ticker;
}

/** Said where a command names none of the person's bots. */
export const NO_SUCH_BOT: Translated<string> = {
  en: 'None of your bots is called that. Send the command alone to choose from them.',
  ko: '그런 이름의 봇이 없습니다. 명령만 보내면 목록에서 고를 수 있습니다.',
};
