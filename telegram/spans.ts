import type { Knex } from 'knex';
import { midnight, sumResults, type TradeResults } from '../db/trade-results.ts';
import type { UserContext } from './context.ts';
import type { Translated } from './languages.ts';

const DAY_MS = 86_400_000;

/** Results of one span of time up to now. */
export interface Span {
  label: string;
  results: TradeResults[];
}

/** So many times 24 hours before. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

/** Today, 7 days, 30 days, and ever, for whoever asks. */
export async function readSpans(
  knex: Knex,
  { user: { owner, timeZone }, language }: UserContext,
  now: Date,
): Promise<Span[]> {
  const [today, week, month, ever] = TEXTS[language];
  const since = [
    { label: today, since: midnight(knex, { now, timeZone }) },
    { label: week, since: daysBefore(now, 7) },
    { label: month, since: daysBefore(now, 30) },
    { label: ever, since: null },
  ];
  return Promise.all(
    since.map(async (span) => ({
      label: span.label,
      results: await sumResults(knex, { ...owner.rows, since: span.since }),
    })),
  );
}

/** Every currency there ever were results in; USDT before the first. */
export function currenciesOf(spans: readonly Span[]): string[] {
  const found = new Set(spans.flatMap(({ results }) => results.map(({ currency }) => currency)));
  return found.size > 0 ? [...found].toSorted() : ['USDT'];
}

const TEXTS: Translated<[string, string, string, string]> = {
  en: ['Today', '7 days', '30 days', 'All'],
  ko: ['오늘', '7일', '30일', '전체'],
};
