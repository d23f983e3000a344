import { Decimal } from '../../bots/money.ts';
import { listResults, midnight, sumResults, type TradeResults } from '../../db/trade-results.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { pagedCommand } from '../paged-command.ts';
import { periodPages } from '../period-pages.ts';
import { wholeNumber } from '../whole-number.ts';

/** Today, since midnight in the person's time zone; or with a number that many days. */
export function daily({ knex, identity }: TelegramDependencies): ChatCommand {
  return pagedCommand({
    name: 'daily',
    description: { en: "Today's trading; /daily 7 for 7 days", ko: '오늘 현황; /daily 7 은 7일간' },
    button: { en: '📊 Today', ko: '📊 오늘 현황' },
    takesArgument: true,
    async pages(ctx, argument) {
      const { owner, timeZone } = ctx.user;
      const now = identity.now();
      const { today, days } = TEXTS[ctx.language];
      if (argument === '') {
        const since = midnight(knex, { now, timeZone });
        return [today(added(await sumResults(knex, { ...owner.rows, since })))];
      }
      const count = wholeNumber(argument, { command: 'daily', most: 365, otherwise: 1 }, ctx);
      const results = await listResults(knex, { ...owner.rows, unit: 'day', count, timeZone, now });
      return periodPages(results, days, ctx.language);
    },
  });
}

interface Day {
  count: number;
  wins: number;
  losses: number;
  /** Of each currency, with it. */
  pnl: string;
}

function added(results: readonly TradeResults[]): Day {
  const sum = (field: 'trades' | 'wins' | 'losses') =>
    results.reduce((all, result) => all.add(result[field]), new Decimal(0)).toNumber();
  const pnl = results.map((result) => `${signed(result.pnl)} ${result.currency}`).join(', ');
  return { count: sum('trades'), wins: sum('wins'), losses: sum('losses'), pnl: pnl || '+0.00 USDT' };
}

const TEXTS: Translated<{ today(day: Day): string; days: string }> = {
  en: {
    today: ({ count, wins, losses, pnl }) =>
      `📊 Daily trading report\n• Total trades: ${count}\n• Wins/losses: ${wins} W ${losses} L\n• PnL: ${pnl}`,
    days: '📊 By day',
  },
  ko: {
    today: ({ count, wins, losses, pnl }) =>
      `📊 일일 거래 현황\n• 총 거래: ${count}회\n• 승/패: ${wins}승 ${losses}패\n• 손익: ${pnl}`,
    days: '📊 일별 현황',
  },
};
