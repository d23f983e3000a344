import type { Candle, Timeframe } from '../../bots/market.ts';
import type { MarketEvent } from '../port.ts';
import { TIMEFRAME_MS, toCandle } from './candles.ts';
import { keepStreaming, share, type Shared, type StreamSetting } from './streaming.ts';
import type { CcxtCandle, Client } from './unified.ts';

/** A stream that has not said within this that a candle closed is helped by a read. */
const GRACE_MS = 2_000;
/** A market without trades may have no candle at all: it is not asked again at once. */
const READ_AGAIN_MS = 20_000;

export interface CandleSource {
  client: Client;
  symbol: string;
  timeframe: Timeframe;
  /** Epoch ms on the venue's clock. */
  now: () => number;
  /** Closed candles from `since`, oldest first. */
  read(since: number): Promise<Candle[]>;
  /** Candles that the venue itself marks as closed; returns what ends it. */
  onClosed(listener: (candle: Candle) => void): () => void;
  setting: StreamSetting;
  onEnd(): void;
}

export type CandleEvent = Extract<MarketEvent, { type: 'candle' }>;

/** A market's closed candles of one length, for all who watch them. */
export function shareCandles(source: CandleSource): Shared<CandleEvent> {
  const { symbol, timeframe, setting, onEnd } = source;
  return share<CandleEvent>({
    start: (emit) => streamCandles(source, emit),
    onFault: (error) => setting.onFault(`listener of ${symbol} ${timeframe}`, error),
    lingerMs: setting.lingerMs,
    onEnd,
  });
}

/**
 * Each closed candle of a market once, in order, none left out: what the stream brings next in line goes out at once, every
 * gap (a late stream, a dropped one, a venue that does not mark closed candles) is read.
 */
function streamCandles(source: CandleSource, emit: (event: CandleEvent) => void): () => void {
  const { client, symbol, timeframe, now, setting } = source;
  const length = TIMEFRAME_MS[timeframe];
  let last = Math.floor(now() / length) * length - length;
  let reading = false;
  let readAt = 0;
  let running = 0;

  const take = (candle: Candle): void => {
    if (candle.openTime <= last) return;
    last = candle.openTime;
    emit({ type: 'candle', timeframe, candle });
  };

  async function catchUp(): Promise<void> {
    if (reading) return;
    reading = true;
    readAt = now();
    try {
      for (const candle of await source.read(last + length)) take(candle);
    } catch (error) {
      setting.onFault(`candles ${symbol} ${timeframe}`, error);
    } finally {
      reading = false;
    }
  }

  const closed = (candle: Candle): void => {
    if (candle.openTime === last + length && !reading) take(candle);
    else if (candle.openTime > last) void catchUp();
  };

  const seen = (candles: readonly CcxtCandle[]): void => {
    const openTime = candles.at(-1)?.[0] ?? 0;
    const before = candles.at(-2);
    if (openTime > running && before && before[0] === running) closed(toCandle(before));
    running = Math.max(running, openTime);
  };

  const stopMarks = source.onClosed(closed);
  const stopStream = keepStreaming(`candles ${symbol} ${timeframe}`, setting, async (healthy, stopped) => {
    for (;;) {
      const candles = await client.watchOHLCV(symbol, timeframe);
      if (stopped()) return;
      healthy();
      seen(candles);
    }
  });
  const boundary = setInterval(() => {
    if (now() >= Math.max(last + 2 * length + GRACE_MS, readAt + READ_AGAIN_MS)) void catchUp();
  }, GRACE_MS);

  return () => {
    clearInterval(boundary);
    stopMarks();
    stopStream();
    client.unWatchOHLCV(symbol, timeframe).catch(() => undefined);
  };
}
