import type { BotRow } from '../../db/rows.ts';
import { nameOfBot, STATUS_WORDS } from '../bot-words.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { botsOf } from '../find-bots.ts';
import { escaped, signed } from '../format.ts';
import type { Language, Translated } from '../languages.ts';
import { inPages, pagedCommand } from '../paged-command.ts';

const ON_A_PAGE = 8;

/** Every bot, with what it can be named by: its number, its name or market, its id. */
export function bots({ knex }: TelegramDependencies): ChatCommand {
  return pagedCommand({
    name: 'bots',
    description: { en: 'List your bots', ko: '봇 목록' },
    async pages(ctx) {
      const { language } = ctx;
      const listed = (await botsOf(ctx, { knex })).map((bot, at) => ({ number: at + 1, ...bot }));
      if (listed.length === 0) return [TEXTS[language].none];
      return inPages(listed, ON_A_PAGE).map((page) => page.map((bot) => entry(bot, language)).join('\n\n'));
    },
  });
}

function entry(bot: BotRow & { number: number }, language: Language): string {
  const { trades } = TEXTS[language];
  return [
    `${bot.number}. <b>${escaped(nameOfBot(bot))}</b> - ${STATUS_WORDS[language][bot.status]}`,
    `${escaped(bot.ticker)}, ${escaped(bot.exchange)}, ${escaped(bot.strategy)}`,
    `${signed(bot.pnl)}, ${trades(bot.total_trades)}`,
    ...(bot.error === null ? [] : [escaped(bot.error.slice(0, 200))]),
    `<code>${bot.id}</code>`,
  ].join('\n');
}

const TEXTS: Translated<{ none: string; trades(count: number): string }> = {
  en: { none: 'You have no bots yet.', trades: (count) => `${count} trades` },
  ko: { none: '아직 봇이 없습니다.', trades: (count) => `거래 ${count}회` },
};
