import type { Amount } from '../../bots/money.ts';
import type { MarketEvent } from '../port.ts';
import type { Client } from './client.ts';
import { exact } from './markets.ts';
import { keepStreaming, share, type Shared, type StreamSetting } from './streaming.ts';

/** A market this long without a trade is asked for its price: quiet and cut off look the same on a stream. */
const SILENCE_MS = 15_000;

export type TradeEvent = Exclude<MarketEvent, { type: 'candle' }>;

/** A market's trades and whether they are current, for all who watch the market. */
export function shareTrades(
  client: Client,
  symbol: string,
  readPrice: () => Promise<{ price: Amount; at: number }>,
  setting: StreamSetting,
): Shared<TradeEvent> {
  let now: TradeEvent[] = [];
  const remember = (event: TradeEvent): void => {
    now = event.type === 'trade' ? [{ type: 'live' }, event] : [event];
  };
  return share<TradeEvent>(
    (emit) => streamTrades(client, symbol, readPrice, setting, (event) => (remember(event), emit(event))),
    (error) => setting.onFault(`listener of ${symbol}`, error),
    () => now,
  );
}

/** Returns what ends it. */
function streamTrades(
  client: Client,
  symbol: string,
  readPrice: () => Promise<{ price: Amount; at: number }>,
  setting: StreamSetting,
  emit: (event: TradeEvent) => void,
): () => void {
  let live = false;
  let heardAt = 0;
  // ccxt may bring trades of before a reconnect once more.
  let lastId: string | undefined;

  const hear = (price: Amount, at: number): void => {
    heardAt = Date.now();
    if (!live) emit({ type: 'live' });
    live = true;
    emit({ type: 'trade', price, at });
  };
  const lose = (): void => {
    if (live) emit({ type: 'stale', heardAt: heardAt || null });
    live = false;
  };

  const stop = keepStreaming(`trades ${symbol}`, setting, async (healthy, stopped) => {
    let silence = listenToSilence();
    try {
      for (;;) {
        const trades = await client.watchTrades(symbol);
        if (stopped()) return;
        healthy();
        clearInterval(silence);
        silence = listenToSilence();
        const fresh = trades.slice(trades.findLastIndex(({ id }) => id === lastId) + 1);
        lastId = fresh.at(-1)?.id ?? lastId;
        for (const { price, timestamp } of fresh) {
          if (price !== undefined && Number(price) > 0) hear(exact(price), timestamp ?? Date.now());
        }
      }
    } finally {
      clearInterval(silence);
      lose();
    }
  });

  function listenToSilence(): NodeJS.Timeout {
    return setInterval(() => {
      readPrice().then(
        ({ price, at }) => hear(price, at),
        () => lose(),
      );
    }, SILENCE_MS);
  }

  return () => {
    stop();
    client.unWatchTrades(symbol).catch(() => undefined);
  };
}
