import { BinanceError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import type { Venue } from '../venue.ts';

const DAY = 86_400_000;

/** Which part of a history is asked for: times in epoch ms, both inclusive, and how many of the newest to pass over. */
export interface HistoryWindow {
  start: number;
  end: number;
  offset: number;
  limit: number;
}

/** `startTime`, `endTime`, `offset`, `limit` of the wallet's histories. Throws -4047 where they span `mostDays` or more. */
export function historyWindow(venue: Venue, parameters: Parameters, mostDays: number): HistoryWindow {
  // The rows are on the engine's clock, from which a fault may have put the server's.
  const end = parameters.integer('endTime') ?? Math.max(venue.now(), venue.engine.now());
  const start = parameters.integer('startTime') ?? end - mostDays * DAY + 1;
  if (start > end || end - start >= mostDays * DAY)
    throw new BinanceError(-4047, `Time interval must be within 0-${mostDays} days`);
  return { start, end, offset: parameters.integer('offset') ?? 0, limit: parameters.limit(1_000, 1_000) };
}

/** The rows of a window, newest first. */
export function inWindow<T>(
  rows: readonly T[],
  at: (row: T) => number,
  { start, end, offset, limit }: HistoryWindow,
): T[] {
  const within = rows.filter((row) => at(row) >= start && at(row) <= end).toReversed();
  return within.slice(offset, offset + limit);
}
