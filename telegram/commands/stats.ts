import { readStatistics } from '../../db/bots.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { table } from '../table.ts';

/** All bots in sum. */
export function stats({ knex }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'stats',
    description: { en: 'All your bots in sum', ko: '전체 통계' },
    async handler(ctx) {
      const all = await readStatistics(knex, ctx.user.owner.rows);
      const values = [
        ...[all.total_bots, all.active_bots, all.stopped_bots, all.total_trades].map(String),
        signed(all.total_pnl),
      ];
      const { title, labels } = TEXTS[ctx.language];
      const rows = labels.map((label, at) => [label, values[at]!]);
      await ctx.reply(`${title}\n${table(rows)}`, { parse_mode: 'HTML' });
    },
  });
}

const TEXTS: Translated<{ title: string; labels: string[] }> = {
  en: { title: '📊 Statistics', labels: ['Bots', 'Running', 'Stopped', 'Orders filled', 'PnL'] },
  ko: { title: '📊 통계', labels: ['봇', '실행', '정지', '체결된 주문', '손익'] },
};
