import type { PeriodResults } from '../db/trade-results.ts';
import { signed } from './format.ts';
import type { Language, Translated } from './languages.ts';
import { inPages } from './paged-command.ts';
import { table } from './table.ts';

const ON_A_PAGE = 31;

/** A table of periods, newest first, for each currency. */
export function periodPages(results: readonly PeriodResults[], title: string, language: Language): string[] {
  const currencies = [...new Set(results.map(({ currency }) => currency))];
  return currencies.flatMap((currency) => {
    const periods = results.filter((period) => period.currency === currency);
    return inPages(periods, ON_A_PAGE).map(
      (page) => `${title} (${currency})\n${table([TEXTS[language], ...page.map(rowOf)])}`,
    );
  });
}

const rowOf = ({ start, trades, wins, losses, pnl }: PeriodResults): string[] => [
  start,
  String(trades),
  `${wins}/${losses}`,
  signed(pnl),
];

const TEXTS: Translated<string[]> = {
  en: ['From', 'N', 'W/L', 'PnL'],
  ko: ['시작일', '횟수', '승/패', '손익'],
};
