import { listPositions, type OpenPosition } from '../../db/positions.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { plain, price, signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { inPages, pagedCommand } from '../paged-command.ts';
import { table } from '../table.ts';

const ON_A_PAGE = 10;

/** What bots hold now. */
export function positions({ knex }: TelegramDependencies): ChatCommand {
  return pagedCommand({
    name: 'positions',
    description: { en: 'What your bots hold', ko: '포지션 현황' },
    button: { en: '📋 Status table', ko: '📋 상태표' },
    async pages(ctx) {
      const { title, none, paid } = TEXTS[ctx.language];
      const open = await listPositions(knex, ctx.user.owner.rows);
      if (open.length === 0) return [none];
      return inPages(open, ON_A_PAGE).map(
        (page) => `${title}\n${table(page.flatMap((position) => rowsOf(position, paid)))}`,
      );
    },
  });
}

/** Two lines: what is held and what it would make now, then what it cost. */
function rowsOf({ symbol, quantity, average, unrealised }: OpenPosition, paid: string): string[][] {
  return [
    [symbol, unrealised === null ? '' : signed(unrealised)],
    [`  ${plain(quantity)}`, `${paid} ${price(average)}`],
  ];
}

const TEXTS: Translated<{ title: string; none: string; paid: string }> = {
  en: { title: '📋 Positions', none: '📋 No bot holds anything now.', paid: 'at' },
  ko: { title: '📋 상태표', none: '📋 보유 중인 포지션이 없습니다.', paid: '단가' },
};
