import type { ChatCommand } from '../chat-command.ts';
import { chatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { currenciesOf, readSpans } from '../spans.ts';
import { table } from '../table.ts';

/** What trades came to: today, in 7 and 30 days, and ever. */
export function profit({ knex, identity }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'profit',
    description: { en: 'Profit: today, 7 days, 30 days, all', ko: '수익: 오늘, 7일, 30일, 전체' },
    button: { en: '💰 Profit', ko: '💰 수익' },
    async handler(ctx) {
      const { title, trades } = TEXTS[ctx.language];
      const spans = await readSpans(knex, ctx, identity.now());
      const tables = currenciesOf(spans).map((currency) => {
        const rows = spans.map(({ label, results }) => {
          const found = results.find((result) => result.currency === currency);
          return [label, trades(found?.trades ?? 0), signed(found?.pnl ?? 0)];
        });
        return `${title} (${currency})\n${table(rows)}`;
      });
      await ctx.reply(tables.join('\n'), { parse_mode: 'HTML' });
    },
  });
}

const TEXTS: Translated<{ title: string; trades(count: number): string }> = {
  en: { title: '💰 Profit', trades: (count) => `${count} trade${count === 1 ? '' : 's'}` },
  ko: { title: '💰 수익', trades: (count) => `${count}회` },
};
