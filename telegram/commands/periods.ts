import { listResults } from '../../db/trade-results.ts';
import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { pagedCommand } from '../paged-command.ts';
import { periodPages } from '../period-pages.ts';
import { wholeNumber } from '../whole-number.ts';

/** The last weeks, each from Monday. */
export function weekly(deps: TelegramDependencies): ChatCommand {
  return periods(deps, {
    ...{ name: 'weekly', unit: 'week', most: 104, otherwise: 8 },
    description: { en: 'The last weeks: /weekly 8', ko: '주별 현황: /weekly 8' },
    title: { en: '📊 By week', ko: '📊 주별 현황' },
  });
}

/** The last months. */
export function monthly(deps: TelegramDependencies): ChatCommand {
  return periods(deps, {
    ...{ name: 'monthly', unit: 'month', most: 60, otherwise: 6 },
    description: { en: 'The last months: /monthly 6', ko: '월별 현황: /monthly 6' },
    title: { en: '📊 By month', ko: '📊 월별 현황' },
  });
}

interface Periods extends Pick<ChatCommand, 'name' | 'description'> {
  unit: 'week' | 'month';
  /** Periods that may be asked for, and that are shown where no number is given. */
  most: number;
  otherwise: number;
  title: ChatCommand['description'];
}

function periods(
  { knex, identity }: TelegramDependencies,
  { unit, most, otherwise, title, ...declared }: Periods,
): ChatCommand {
  return pagedCommand({
    ...declared,
    takesArgument: true,
    async pages(ctx, argument) {
      const { owner, timeZone } = ctx.user;
      const count = wholeNumber(argument, { command: declared.name, most, otherwise }, ctx);
      const asked = { ...owner.rows, unit, count, timeZone, now: identity.now() };
      return periodPages(await listResults(knex, asked), title[ctx.language], ctx.language);
    },
  });
}
