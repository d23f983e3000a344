import { listBots, readStatistics } from '../../db/bots.ts';
import { nameOfBot, STATUS_WORDS } from '../bot-words.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { inPages, pagedCommand } from '../paged-command.ts';
import { table } from '../table.ts';

const [ON_A_PAGE, MOST] = [25, 500];

/** How each bot is. */
export function status({ knex }: TelegramDependencies): ChatCommand {
  return pagedCommand({
    name: 'status',
    description: { en: 'How your bots are', ko: '봇 상태' },
    button: { en: '📈 Status', ko: '📈 상태' },
    async pages(ctx) {
      const { title, none } = TEXTS[ctx.language];
      const words = STATUS_WORDS[ctx.language];
      const { rows: owned } = ctx.user.owner;
      const [{ total_bots, active_bots }, bots] = await Promise.all([
        readStatistics(knex, owned),
        listBots(knex, { ...owned, skip: 0, limit: MOST }),
      ]);
      if (bots.length === 0) return [none];
      const rows = bots.map((bot) => [nameOfBot(bot), words[bot.status], signed(bot.pnl)]);
      return inPages(rows, ON_A_PAGE).map((page) => `${title(active_bots, total_bots)}\n${table(page)}`);
    },
  });
}

const TEXTS: Translated<{ title(running: number, all: number): string; none: string }> = {
  en: { title: (running, all) => `📈 ${running} of ${all} bots run`, none: '📈 You have no bots yet.' },
  ko: { title: (running, all) => `📈 봇 ${all}개 중 ${running}개 실행`, none: '📈 아직 봇이 없습니다.' },
};
