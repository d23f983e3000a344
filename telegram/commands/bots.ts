import { nameOfBot, STATUS_WORDS } from '../bot-words.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { botsOf, type NumberedBot } from '../find-bots.ts';
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
      const listed = await botsOf(ctx, { knex });
      if (listed.length === 0) return [TEXTS[language].none];
      return inPages(listed, ON_A_PAGE).map((page) => page.map((bot) => entry(bot, language)).join('\n\n'));
    },
  });
}

function entry(bot: NumberedBot, language: Language): string {
  const { filled } = TEXTS[language];
  return [
    `${bot.number}. <b>${escaped(nameOfBot(bot))}</b> - ${STATUS_WORDS[language][bot.status]}`,
    `${escaped(bot.ticker)}, ${escaped(bot.exchange)}, ${escaped(bot.strategy)}`,
    `${signed(bot.pnl)}, ${filled(bot.total_trades)}`,
    ...(bot.error === null ? [] : [escaped(bot.error.slice(0, 200))]),
    `<code>${bot.id}</code>`,
  ].join('\n');
}

const TEXTS: Translated<{ none: string; filled(count: number): string }> = {
  en: { none: 'You have no bots yet.', filled: (count) => `${count} order${count === 1 ? '' : 's'} filled` },
  ko: { none: '아직 봇이 없습니다.', filled: (count) => `체결 주문 ${count}건` },
};
