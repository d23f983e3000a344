import { readPerformance, type TradePerformance } from '../../db/trade-results.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { money, percent, signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { daysBefore } from '../spans.ts';
import { table } from '../table.ts';

const DAYS = 30;

/** How the last 30 days went. */
export function performance({ knex, identity }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'performance',
    description: { en: 'How the last 30 days went', ko: '최근 30일 성과 분석' },
    button: { en: '📉 Performance', ko: '📉 성과' },
    async handler(ctx) {
      const since = daysBefore(identity.now(), DAYS);
      const found = await readPerformance(knex, { ...ctx.user.owner.rows, since });
      const { title, labels } = TEXTS[ctx.language];
      const shown = (found.length > 0 ? found : [NONE]).map((each) => {
        const values = valuesOf(each);
        return `${title} (${each.currency})\n${table(labels.map((label, at) => [label, values[at]!]))}`;
      });
      await ctx.reply(shown.join('\n'), { parse_mode: 'HTML' });
    },
  });
}

/** In the order of `labels`. */
function valuesOf({ trades, wins, losses, ...amounts }: TradePerformance): string[] {
  const { pnl, average, best, worst, drawdown } = amounts;
  return [
    ...[String(trades), `${wins}/${losses}`, percent(wins, trades)],
    ...[pnl, average, best, worst].map(signed),
    money(drawdown),
  ];
}

const NONE: TradePerformance = {
  ...{ currency: 'USDT', trades: 0, wins: 0, losses: 0 },
  ...{ pnl: '0', average: '0', best: '0', worst: '0', drawdown: '0' },
};

const TEXTS: Translated<{ title: string; labels: string[] }> = {
  en: {
    title: '📉 30 days',
    labels: [
      ...['Trades', 'Wins/losses', 'Win rate', 'Total PnL', 'Average PnL'],
      ...['Best', 'Worst', 'Max drawdown'],
    ],
  },
  ko: {
    title: '📉 30일 성과',
    labels: [...['총 거래', '승/패', '승률', '총 손익', '평균 손익'], ...['최고', '최저', '최대 낙폭']],
  },
};
