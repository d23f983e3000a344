import { InputFile } from 'grammy';
import { Decimal } from '../../bots/money.ts';
import { listResults, type PeriodResults } from '../../db/trade-results.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { profitCurve, type CurvePoint } from '../profit-curve.ts';
import { wholeNumber } from '../whole-number.ts';

/** The profit of the last days as a picture, one for each currency. */
export function chart({ knex, identity }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'chart',
    description: { en: 'Your profit as a picture: /chart 30', ko: '수익 곡선: /chart 30' },
    async handler(ctx) {
      const { owner, timeZone } = ctx.user;
      const count = wholeNumber(ctx.match.trim(), { command: 'chart', most: 365, otherwise: 30 }, ctx);
      const asked = { ...owner.rows, unit: 'day' as const, count, timeZone, now: identity.now() };
      const results = await listResults(knex, asked);
      for (const currency of new Set(results.map((day) => day.currency))) {
        const points = summedUp(results.filter((day) => day.currency === currency));
        const caption = TEXTS[ctx.language]({ count, currency, total: signed(points.at(-1)!.total) });
        await ctx.replyWithPhoto(new InputFile(await profitCurve(points), 'profit.png'), { caption });
      }
    },
  });
}

/** From days, newest first, to what had come together by each, oldest first. */
function summedUp(days: readonly PeriodResults[]): CurvePoint[] {
  let total = new Decimal(0);
  return days.toReversed().map(({ start, pnl }) => {
    total = total.add(pnl);
    return { day: start, total: total.toNumber() };
  });
}

const TEXTS: Translated<(of: { count: number; currency: string; total: string }) => string> = {
  en: ({ count, currency, total }) => `📈 ${count} days: ${total} ${currency}`,
  ko: ({ count, currency, total }) => `📈 ${count}일: ${total} ${currency}`,
};
