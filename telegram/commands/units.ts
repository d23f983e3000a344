import { moneyFor, UNIT_DECIMALS } from '../../bots/fund/unit-price.ts';
import { readPortfolio } from '../../db/fund/holders.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { moment, money, plain } from '../format.ts';
import type { Translated } from '../languages.ts';
import { table } from '../table.ts';

/** What one unit of the fund is worth. */
export function nav({ knex, settings: { fund } }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'nav',
    description: { en: 'What a unit of the fund is worth', ko: '펀드 기준가' },
    async handler(ctx) {
      const { navPerUnit, valuedAt } = await readPortfolio(knex, ctx.user.id);
      const { price, since, begin } = TEXTS[ctx.language];
      const at = valuedAt ? since(moment(valuedAt, ctx.user.timeZone)) : begin;
      await ctx.reply(`💹 ${price} ${plain(navPerUnit ?? fund.initialPrice)} ${fund.currency}\n${at}`);
    },
  });
}

/** What the person has of the fund. */
export function units({ knex, settings: { fund } }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'units',
    description: { en: 'Your units of the fund', ko: '내 펀드 좌수' },
    async handler(ctx) {
      const { units: all, locked, navPerUnit, deposited, owed } = await readPortfolio(knex, ctx.user.id);
      const value = moneyFor(all, navPerUnit ?? fund.initialPrice, UNIT_DECIMALS);
      const { title, labels } = TEXTS[ctx.language];
      const values = [plain(all), plain(locked), money(value), money(deposited), money(owed)];
      const rows = labels.map((label, at) => [label, values[at]!]);
      await ctx.reply(`💹 ${title} (${fund.currency})\n${table(rows)}`, { parse_mode: 'HTML' });
    },
  });
}

interface Texts {
  price: string;
  since(at: string): string;
  begin: string;
  title: string;
  labels: string[];
}

const TEXTS: Translated<Texts> = {
  en: {
    ...{ price: 'One unit:', begin: 'The fund has not been valued yet.' },
    since: (at) => `Valued ${at}`,
    ...{ title: 'Your units', labels: ['Units', 'Locked', 'Value', 'Paid in', 'To be paid out'] },
  },
  ko: {
    ...{ price: '1좌 기준가:', begin: '아직 평가되지 않았습니다.' },
    since: (at) => `평가 시각 ${at}`,
    ...{ title: '내 좌수', labels: ['좌수', '잠김', '평가액', '입금액', '출금 예정'] },
  },
};
