import type { Candle } from '../../bots/market.ts';
import type { Amount } from '../../bots/money.ts';
import { call, type CallOptions, type Line } from './call.ts';
import { readClosedCandles, type CandleRange } from './candles.ts';
import { createClient, type Endpoint } from './client.ts';
import { createClock } from './clock.ts';
import type { Trace } from './errors.ts';
import { createAgent } from './http.ts';
import { createLimiter } from './limiter.ts';
import { shareMarkets, type WatchMarket } from './market-streams.ts';
import { createMarkets, required, type Markets } from './markets.ts';
import type { VenueProfile } from './profile.ts';
import { redactor, type Redact } from './redaction.ts';
import type { StreamSetting } from './streaming.ts';
import type { Client } from './unified.ts';

/** A fault of a stream that is being put right by itself; for a log. Redacted. */
export interface StreamFault {
  venue: string;
  stream: string;
  message: string;
}

export interface VenueOptions {
  endpoint: Endpoint;
  /** How long an answer may take, ms. */
  timeoutMs?: number;
  /** How long a stream that nobody listens to is kept, ms. */
  lingerMs?: number;
  onStreamFault?: (fault: StreamFault) => void;
}

/** One (exchange, egress): what all of its accounts share. Clock, markets, limit, connections and market streams are one. */
export interface Venue {
  /** Keyless; accounts derive theirs from it. */
  client: Client;
  markets: Markets;
  line: Line;
  /** One call, once the venue's markets and clock are known. */
  call<T>(
    client: Client,
    options: CallOptions,
    use: (client: Client, trace: Readonly<Trace>) => Promise<T>,
  ): Promise<T>;
  price: (symbol: string) => Promise<{ price: Amount; at: number }>;
  candles: (symbol: string, range: CandleRange) => Promise<Candle[]>;
  watchMarket: WatchMarket;
  streamSetting(redact: Redact): StreamSetting;
  close(): Promise<void>;
}

/** Opens a venue. Nothing is asked of it before the first call. */
export async function createVenue(profile: VenueProfile, options: VenueOptions): Promise<Venue> {
  const line = createLine(profile, options.timeoutMs ?? 10_000, (use) => call(line, client, READ, use));
  const { limiter, clock } = line;
  const client = await createClient(profile, options.endpoint, clock);
  const markets = createMarkets(profile.name, client, () =>
    call(line, client, READ, async (c, trace) => {
      // ccxt keeps markets on the client that loads them; here all share those of one.
      client.setMarkets(await c.fetchMarkets());
      limiter.setLimit(profile.publishedUnits(trace.answer?.body ?? '{}') ?? profile.unitsPerMinute);
    }),
  );
  const ready = async (): Promise<void> => void (await Promise.all([markets.ready(), clock.ready()]));

  const price: Venue['price'] = async (symbol) => {
    await markets.market(symbol);
    return call(line, client, READ, async (c) => {
      const { last, timestamp } = await c.fetchTicker(symbol);
      return { price: required(last, 'a price'), at: timestamp ?? clock.now() };
    });
  };
  const candles: Venue['candles'] = async (symbol, range) => {
    await Promise.all([markets.market(symbol), clock.ready()]);
    return readClosedCandles(range, clock.passed(), profile.pageSize, (since, limit) =>
      call(line, client, READ, (c) => c.fetchOHLCV(symbol, range.timeframe, since, limit)),
    );
  };
  const streamSetting: Venue['streamSetting'] = (redact) => ({
    onFault: (stream, error) =>
      options.onStreamFault?.({ venue: profile.name, stream, message: redact(textOf(error)) }),
    closedForMs: limiter.closedForMs,
    ready,
    lingerMs: options.lingerMs ?? 30_000,
  });

  const streams = shareMarkets({
    profile,
    client,
    clock,
    setting: streamSetting(READ.redact),
    price,
    candles,
  });

  return {
    client,
    markets,
    line,
    call: async (own, callOptions, use) => (await ready(), call(line, own, callOptions, use)),
    price,
    candles,
    watchMarket: streams.watch,
    streamSetting,
    async close() {
      streams.end();
      await client.close();
      await line.agent.destroy();
    },
  };
}

/** A read that carries no key. */
const READ: CallOptions = { purpose: 'read', redact: redactor([]) };

function createLine(
  profile: VenueProfile,
  timeoutMs: number,
  ask: (use: (client: Client) => Promise<number>) => Promise<number>,
): Line {
  return {
    profile,
    limiter: createLimiter(profile.name, profile.unitsPerMinute),
    clock: createClock(() => ask((c) => c.fetchTime())),
    agent: createAgent(),
    timeoutMs,
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
