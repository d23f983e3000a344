import type { Candle, Timeframe } from '../../bots/market.ts';
import type { CcxtCandle } from './unified.ts';

export const TIMEFRAME_MS: Record<Timeframe, number> = {
  '1s': 1_000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

export function toCandle([openTime, open, high, low, close, volume]: CcxtCandle): Candle {
  return {
    openTime: Number(openTime),
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    volume: Number(volume),
  };
}

/** What was asked of a market's past. */
export interface CandleRange {
  timeframe: Timeframe;
  /** Epoch ms; without it, the newest. */
  since?: number;
  limit: number;
}

/**
 * Closed candles, oldest first, at most `limit`: from `since` on, or the newest. Reads page by page; the running candle is
 * left out by the venue's clock.
 */
export async function readClosedCandles(
  { timeframe, since, limit }: CandleRange,
  venueNow: number,
  pageSize: number,
  read: (since: number, limit: number) => Promise<CcxtCandle[]>,
): Promise<Candle[]> {
  const length = TIMEFRAME_MS[timeframe];
  const running = Math.floor(venueNow / length) * length;
  const closed: Candle[] = [];
  let from = since ?? running - limit * length;
  while (closed.length < limit && from < running) {
    const size = Math.min(pageSize, limit - closed.length);
    const page = (await read(from, size)).map(toCandle);
    closed.push(...page.filter(({ openTime }) => openTime >= from && openTime < running));
    const newest = page.at(-1);
    if (!newest || newest.openTime < from) break;
    from = newest.openTime + length;
  }
  return closed.slice(0, limit);
}
