import type { Knex } from 'knex';
import type { Amount } from '../bots/money.ts';
import { ownedBy, type OwnedBy } from './bots.ts';

/**
 * What closed trades came to, in the currency they were made in. A trade that opened a position has no result yet and is none
 * of them; a result of zero counts in `trades` alone.
 */
export interface TradeResults {
  /** The quote currency: `USDT`. */
  currency: string;
  trades: number;
  wins: number;
  losses: number;
  pnl: Amount;
}

/** A row of `readPerformance`: absolute amounts, all but `drawdown` signed. */
export interface TradePerformance extends TradeResults {
  average: Amount;
  best: Amount;
  worst: Amount;
  /** The deepest fall of the summed result below where it was highest, or below where it began. */
  drawdown: Amount;
}

/** A row of `listResults`: a day, a week from Monday, or a month, by the day it begins (`2026-01-31`). */
export interface PeriodResults extends TradeResults {
  start: string;
}

/** Since when: a moment, or, with null, ever. */
type Since = Date | Knex.Raw | null;

/** The last midnight of a time zone, for `since`. */
export function midnight(knex: Knex, { now, timeZone }: { now: Date; timeZone: string }): Knex.Raw {
  return knex.raw(`date_trunc('day', CAST(? AS timestamptz), ?)`, [now, timeZone]);
}

/** A row for each currency there were results in. */
export async function sumResults(
  knex: Knex,
  { since, ...owned }: OwnedBy & { since: Since },
): Promise<TradeResults[]> {
  return knex
    .from(closedTrades(knex, owned, since).as('closed'))
    .select('currency', knex.raw(SUMS))
    .groupBy('currency')
    .orderBy('currency');
}

/** The same, with what tells of a manner of trading. */
export async function readPerformance(
  knex: Knex,
  { since, ...owned }: OwnedBy & { since: Since },
): Promise<TradePerformance[]> {
  const { rows } = await knex.raw<{ rows: TradePerformance[] }>(
    `WITH closed AS ?,
     curve AS (SELECT *, sum(pnl) OVER (PARTITION BY currency ORDER BY executed_at, id) AS height FROM closed),
     falls AS (
       SELECT *, greatest(0, max(height) OVER (PARTITION BY currency ORDER BY executed_at, id)) - height AS fall FROM curve
     )
     SELECT currency, ${SUMS}, avg(pnl) AS average, max(pnl) AS best, min(pnl) AS worst, max(fall) AS drawdown
     FROM falls GROUP BY currency ORDER BY currency`,
    [closedTrades(knex, owned, since)],
  );
  return rows;
}

/** The last `count` periods up to the one of `now`, also those without trades; by currency, newest first. */
export async function listResults(
  knex: Knex,
  {
    unit,
    count,
    timeZone,
    now,
    ...owned
  }: OwnedBy & { unit: 'day' | 'week' | 'month'; count: number; timeZone: string; now: Date },
): Promise<PeriodResults[]> {
  const { rows } = await knex.raw<{ rows: PeriodResults[] }>(
    `WITH latest AS (SELECT date_trunc(:unit, CAST(:now AS timestamptz) AT TIME ZONE :timeZone) AS start),
     periods AS (
       SELECT start - n * CAST('1 ' || :unit AS interval) AS start FROM latest, generate_series(0, :count - 1) AS n
     ),
     closed AS (
       SELECT currency, pnl, date_trunc(:unit, executed_at AT TIME ZONE :timeZone) AS start FROM :closed AS own
       WHERE executed_at >= (SELECT min(start) FROM periods) AT TIME ZONE :timeZone
     ),
     currencies AS (SELECT DISTINCT currency FROM closed UNION SELECT 'USDT' WHERE NOT EXISTS (SELECT FROM closed))
     SELECT currency, to_char(start, 'YYYY-MM-DD') AS start, ${SUMS}
     FROM currencies CROSS JOIN periods LEFT JOIN closed USING (currency, start)
     GROUP BY currency, start ORDER BY currency, start DESC`,
    { unit, count, timeZone, now, closed: closedTrades(knex, owned, null) as unknown as Knex.Value },
  );
  return rows;
}

const SUMS = `count(pnl) AS trades, count(*) FILTER (WHERE pnl > 0) AS wins, count(*) FILTER (WHERE pnl < 0) AS losses,
  coalesce(sum(pnl), 0) AS pnl`;

function closedTrades(knex: Knex, { userId }: OwnedBy, since: Since): Knex.QueryBuilder {
  const bots = knex('bots').select('id');
  ownedBy(bots, userId);
  const query = knex('trades')
    // Of `BTC/USDT`, or `BTC/USDT:USDT` where it is settled in another.
    .select(
      'id',
      'executed_at',
      'pnl',
      knex.raw(`split_part(split_part(symbol, '/', 2), ':', 1) AS currency`),
    )
    .whereNotNull('pnl')
    .whereIn('bot_id', bots);
  if (since !== null) void query.where('executed_at', '>=', since);
  return query;
}
