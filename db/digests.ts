import type { Knex } from 'knex';
import { DEFAULT_OWNER } from './owners.ts';

/** When a day's digest is due, where its reader lives. */
const HOUR = 9;

/**
 * Writes an event `digest` about the day before for everybody who reads by Telegram and whose 09:00 has come: each day of a user's
 * once, in their time zone. Whoever's name of it is none reads at UTC's. `currency` is the fund's. Returns how many.
 */
export async function writeDigests(
  knex: Knex,
  { now, currency }: { now: Date; currency: string },
): Promise<number> {
  const zones: string[] = await knex('user_preferences').distinct().pluck('time_zone');
  let written = 0;
  for (const zone of new Set(['UTC', ...zones])) {
    const known = isKnown(zone) ? zone : 'UTC';
    if (hourIn(known, now) < HOUR) continue;
    const { rowCount } = await knex.raw<{ rowCount: number }>(WRITE, {
      ...{ chosen: zone, zone: known, now, currency, owner: DEFAULT_OWNER },
    });
    written += rowCount;
  }
  return written;
}

function isKnown(zone: string): boolean {
  try {
    hourIn(zone, new Date());
    return true;
  } catch {
    return false;
  }
}

function hourIn(timeZone: string, now: Date): number {
  return Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(now));
}

/**
 * A trade that opened a position has no result, and is none of those counted; results add up in the currency they were made in. The default owner has
 * what is nobody's, and no link: where the installation has a chat of its own it is told there.
 */
const WRITE = `
  WITH day AS (
    SELECT date, date::timestamp AT TIME ZONE :zone AS begins, (date + 1)::timestamp AT TIME ZONE :zone AS ends
    FROM (SELECT (CAST(:now AS timestamptz) AT TIME ZONE :zone)::date - 1 AS date) AS yesterday
  ), readers AS (
    SELECT u.id, u.email IS NOT DISTINCT FROM :owner AS is_default
    FROM day CROSS JOIN users u LEFT JOIN user_preferences p ON p.user_id = u.id LEFT JOIN telegram_links l ON l.user_id = u.id
    WHERE coalesce(p.time_zone, 'UTC') = :chosen AND u.disabled_at IS NULL
      AND (u.email IS NOT DISTINCT FROM :owner OR (l.is_on AND l.blocked_at IS NULL))
      AND NOT EXISTS (
        SELECT FROM events e WHERE e.type = 'digest' AND e.user_id = u.id AND e.payload ->> 'date' = to_char(day.date, 'YYYY-MM-DD'))
  ), own AS (
    SELECT b.id, b.status, r.id AS reader FROM readers r JOIN bots b ON b.user_id = r.id OR (b.user_id IS NULL AND r.is_default)
  ), closed AS (
    SELECT own.reader, split_part(split_part(t.symbol, '/', 2), ':', 1) AS currency, count(*) AS trades,
      count(*) FILTER (WHERE t.pnl > 0) AS wins, count(*) FILTER (WHERE t.pnl < 0) AS losses, sum(t.pnl) AS pnl
    FROM own JOIN trades t ON t.bot_id = own.id JOIN day ON t.executed_at >= day.begins AND t.executed_at < day.ends
    WHERE t.pnl IS NOT NULL GROUP BY 1, 2
  ), traded AS (
    SELECT reader, sum(trades) AS trades, sum(wins) AS wins, sum(losses) AS losses,
      jsonb_object_agg(currency, trim_scale(pnl)::text) AS pnl
    FROM closed GROUP BY 1
  ), running AS (
    SELECT reader, count(*) AS bots FROM own WHERE status = 'ACTIVE' GROUP BY 1
  ), nav AS (
    SELECT nav_per_unit FROM nav_history ORDER BY recorded_at DESC, id DESC LIMIT 1
  )
  INSERT INTO events (user_id, type, payload)
  SELECT r.id, 'digest', jsonb_build_object(
    'date', day.date, 'trades', coalesce(t.trades, 0), 'wins', coalesce(t.wins, 0), 'losses', coalesce(t.losses, 0),
    'pnl', coalesce(t.pnl, '{}'), 'running', coalesce(running.bots, 0),
    'fundValue', trim_scale(round(b.units * nav.nav_per_unit, 2))::text, 'fundCurrency', CAST(:currency AS text))
  FROM readers r CROSS JOIN day LEFT JOIN traded t ON t.reader = r.id LEFT JOIN running ON running.reader = r.id
    LEFT JOIN balances b ON b.user_id = r.id AND b.units > 0 LEFT JOIN nav ON true
  ON CONFLICT (user_id, (payload ->> 'date')) WHERE type = 'digest' DO NOTHING`;
