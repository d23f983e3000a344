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
