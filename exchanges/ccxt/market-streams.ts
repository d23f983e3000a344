import type { Candle, Timeframe } from '../../bots/market.ts';
import type { Amount } from '../../bots/money.ts';
import type { MarketEvent, Unsubscribe } from '../port.ts';
import { shareCandles, type CandleEvent } from './candle-stream.ts';
import type { CandleRange } from './candles.ts';
import type { VenueClock } from './clock.ts';
import type { ClosedCandle, VenueProfile } from './profile.ts';
import type { Shared, StreamSetting } from './streaming.ts';
import { shareTrades, type TradeEvent } from './trade-stream.ts';
import type { Client } from './unified.ts';

/** What market streams stand on. */
export interface MarketSource {
  profile: VenueProfile;
  client: Client;
  clock: VenueClock;
  setting: StreamSetting;
  price(symbol: string): Promise<{ price: Amount; at: number }>;
  candles(symbol: string, range: CandleRange): Promise<Candle[]>;
}

/** Watches a market: one stream a symbol, and one a (symbol, timeframe), however many listen. The last to leave ends it. */
export type WatchMarket = (
  symbol: string,
  timeframe: Timeframe | null,
  listener: (event: MarketEvent) => void,
) => Unsubscribe;

/** Candles read at most to close one gap. */
const LONGEST_GAP = 1_000;

/** The market streams of a venue, all over its keyless client, whose sockets close with the last of them. */
export function shareMarkets(source: MarketSource): { watch: WatchMarket; end(): void } {
  const { client, clock, setting } = source;
  const trades = new Map<string, Shared<TradeEvent>>();
  const candles = new Map<string, Shared<CandleEvent>>();
  const onClosed = tapClosedCandles(source);

  const tradesOf = (symbol: string): Shared<TradeEvent> =>
    shareTrades(
      client,
      symbol,
      () => source.price(symbol),
      setting,
      () => {
        trades.delete(symbol);
        // ccxt keeps a socket open that nobody is subscribed on.
        if (trades.size === 0) client.close().catch(() => undefined);
      },
    );

  const candlesOf = (symbol: string, timeframe: Timeframe): Shared<CandleEvent> =>
    shareCandles({
      client,
      symbol,
      timeframe,
      setting,
      now: clock.now,
      read: (since) => source.candles(symbol, { timeframe, since, limit: LONGEST_GAP }),
      onClosed: (listener) =>
        onClosed((closed) => {
          if (closed.timeframe === timeframe && client.safeSymbol(closed.marketId) === symbol)
            listener(closed.candle);
        }),
      onEnd: () => candles.delete(candleKey(symbol, timeframe)),
    });

  const watch: WatchMarket = (symbol, timeframe, listener) => {
    const leaveTrades = join(trades, symbol, () => tradesOf(symbol), listener);
    const leaveCandles =
      timeframe && join(candles, candleKey(symbol, timeframe), () => candlesOf(symbol, timeframe), listener);
    return () => {
      leaveTrades();
      if (leaveCandles) leaveCandles();
    };
  };
  const end = (): void => {
    for (const stream of [...trades.values(), ...candles.values()]) stream.end();
  };
  return { watch, end };
}

function candleKey(symbol: string, timeframe: Timeframe): string {
  return `${symbol} ${timeframe}`;
}

/** Joins the stream under `key`, which is made for the first who comes. */
function join<Event>(
  streams: Map<string, Shared<Event>>,
  key: string,
  create: () => Shared<Event>,
  listener: (event: Event) => void,
): () => void {
  const stream = streams.get(key) ?? create();
  streams.set(key, stream);
  return stream.add(listener);
}

/** Reads the closed candles off the raw messages: ccxt drops the venue's mark. */
function tapClosedCandles({
  client,
  profile,
}: MarketSource): (listener: (closed: ClosedCandle) => void) => () => void {
  const listeners = new Set<(closed: ClosedCandle) => void>();
  const { handleMessage } = client;
  Object.assign(client, {
    // Derived clients come through here with sockets of their own: `this` is the client whose socket it is.
    handleMessage(this: Client, socket: unknown, message: unknown) {
      handleMessage.call(this, socket, message);
      const closed = this === client && listeners.size > 0 ? profile.closedCandle(message) : null;
      if (closed) for (const listener of listeners) listener(closed);
    },
  });
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}
