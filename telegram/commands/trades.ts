import { listTrades } from '../../db/trades.ts';
import type { TradeRow } from '../../db/rows.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { UserContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { moment, signed } from '../format.ts';
import type { Translated } from '../languages.ts';
import { inPages, pagedCommand } from '../paged-command.ts';
import { readSpans, type Span } from '../spans.ts';
import { table } from '../table.ts';
import { wholeNumber } from '../whole-number.ts';

const ON_A_PAGE = 20;

/** How many trades there were; with a number, the last so many of them, those that only opened a position too. */
export function trades({ knex, identity }: TelegramDependencies): ChatCommand {
  return pagedCommand({
    name: 'trades',
    description: {
      en: 'How many trades; /trades 20 lists the last 20',
      ko: '거래 횟수; /trades 20 은 최근 20건',
    },
    button: { en: '🔢 Trade count', ko: '🔢 거래횟수' },
    takesArgument: true,
    async pages(ctx, argument) {
      if (argument === '') return [counts(await readSpans(knex, ctx, identity.now()), ctx)];
      const limit = wholeNumber(argument, { command: 'trades', most: 200, otherwise: 20 }, ctx);
      const listed = await listTrades(knex, { ...ctx.user.owner.rows, skip: 0, limit });
      const { last, none } = TEXTS[ctx.language];
      if (listed.length === 0) return [none];
      const rows = listed.map((trade) => rowOf(trade, ctx));
      return inPages(rows, ON_A_PAGE).map((page) => `${last}\n${table(page)}`);
    },
  });
}

function counts(spans: readonly Span[], { language }: UserContext): string {
  const { title, head } = TEXTS[language];
  const rows = spans.map(({ label, results }) => {
    const sum = (field: 'trades' | 'wins' | 'losses') =>
      String(results.reduce((all, result) => all + result[field], 0));
    return [label, sum('trades'), sum('wins'), sum('losses')];
  });
  return `${title}\n${table([head, ...rows])}`;
}

/** `BUY BTC`, when, and what it came to: nothing yet where it opened. */
function rowOf({ side, symbol, executed_at, pnl }: TradeRow, { user }: UserContext): string[] {
  const [base = symbol] = symbol.split('/');
  const at = moment(executed_at, user.timeZone).slice(5);
  return [`${side} ${base}`, at, pnl === null ? '-' : signed(pnl)];
}

interface Texts {
  title: string;
  /** Span, trades, wins, losses. */
  head: string[];
  last: string;
  none: string;
}

const TEXTS: Translated<Texts> = {
  en: {
    ...{ title: '🔢 Trades that closed', head: ['', 'N', 'W', 'L'] },
    ...{ last: '🔢 Last trades', none: 'There are no trades yet.' },
  },
  ko: {
    ...{ title: '🔢 거래횟수 (종료된 거래)', head: ['', '횟수', '승', '패'] },
    ...{ last: '🔢 최근 거래', none: '아직 거래가 없습니다.' },
  },
};
