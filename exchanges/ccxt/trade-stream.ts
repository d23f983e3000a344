import type { Amount } from '../../bots/money.ts';
import type { MarketEvent } from '../port.ts';
import { exact } from './markets.ts';
import { keepStreaming, share, type Shared, type StreamSetting } from './streaming.ts';
import type { Client } from './unified.ts';

/** A market this long without a trade is asked for its price: quiet and cut off look the same on a stream. */
const SILENCE_MS = 15_000;

export type TradeEvent = Exclude<MarketEvent, { type: 'candle' }>;

/** A market's trades and whether they are current, for all who watch the market. */
export function shareTrades(
  client: Client,
  symbol: string,
  readPrice: () => Promise<{ price: Amount; at: number }>,
  setting: StreamSetting,
  onEnd: () => void,
): Shared<TradeEvent> {
  let now: TradeEvent[] = [];
  const remember = (event: TradeEvent): void => {
    now = event.type === 'trade' ? [{ type: 'live' }, event] : [event];
  };
  return share<TradeEvent>({
    start: (emit) =>
      streamTrades(client, symbol, readPrice, setting, (event) => (remember(event), emit(event))),
    onFault: (error) => setting.onFault(`listener of ${symbol}`, error),
    lingerMs: setting.lingerMs,
    greet: () => now,
    onEnd,
  });
}

/** Returns what ends it. */
function streamTrades(
  client: Client,
  symbol: string,
  readPrice: () => Promise<{ price: Amount; at: number }>,
  setting: StreamSetting,
  emit: (event: TradeEvent) => void,
): () => void {
  let state: 'live' | 'stale' | null = null;
  let heardAt = 0;

  const hear = (price: Amount, at: number): void => {
    heardAt = Date.now();
    if (state !== 'live') emit({ type: 'live' });
    state = 'live';
    emit({ type: 'trade', price, at });
  };
  const lose = (): void => {
    if (state !== 'stale') emit({ type: 'stale', heardAt: heardAt || null });
    state = 'stale';
  };

  const stop = keepStreaming(`trades ${symbol}`, setting, async (healthy, stopped) => {
    const since = Date.now();
    let isOver = false;
    const ask = (): void => {
      if (Date.now() - Math.max(heardAt, since) < SILENCE_MS) return;
      readPrice().then(
        ({ price, at }) => isOver || hear(price, at),
        () => isOver || lose(),
      );
    };
    const asking = setInterval(ask, SILENCE_MS / 3);
    try {
      for (;;) {
        const trades = await client.watchTrades(symbol);
        if (stopped()) return;
        healthy();
        for (const { price, timestamp } of trades) {
          if (price !== undefined && Number(price) > 0) hear(exact(price), timestamp ?? Date.now());
        }
      }
    } finally {
      isOver = true;
      clearInterval(asking);
      if (!stopped()) lose();
    }
  });

  return () => {
    stop();
    client.unWatchTrades(symbol).catch(() => undefined);
  };
}
