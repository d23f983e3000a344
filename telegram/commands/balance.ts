import { Decimal } from '../../bots/money.ts';
import { readBalance } from '../../api/commands/read-balance.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { escaped, money } from '../format.ts';
import type { Translated } from '../languages.ts';
import { table } from '../table.ts';

/** What the person has of USDT on the exchange they stored keys for, or on the one they name. */
export function balance({ knex, accounts }: TelegramDependencies): ChatCommand {
  return chatCommand({
    name: 'balance',
    description: { en: 'USDT on your exchange: /balance Binance', ko: '거래소 잔액: /balance Binance' },
    async handler(ctx) {
      const asked = { exchange: ctx.match.trim() || undefined, currency: 'USDT' };
      const caller = { userId: ctx.user.id };
      const { exchange, free, used } = await readBalance(asked, { knex, accounts, caller });
      const values = [new Decimal(free).add(used), free, used].map(money);
      const rows = TEXTS[ctx.language].map((label, at) => [label, values[at]!]);
      await ctx.reply(`💵 USDT, ${escaped(exchange)}\n${table(rows)}`, { parse_mode: 'HTML' });
    },
  });
}

const TEXTS: Translated<string[]> = {
  en: ['Total', 'Free', 'In orders'],
  ko: ['합계', '사용 가능', '주문 중'],
};
