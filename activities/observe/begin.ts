import type { Candle } from '../../bots/market.ts';
import type { MarketEvent } from '../../bots/strategy.ts';
import type { Mind } from './mind.ts';
import type { WatchFacts } from './facts.ts';
import { needsFree, readFree } from './free-balance.ts';

const MINUTE_MS = 60_000;
/** A venue's own bound on one read of candles. */
const MOST_CANDLES = 1_000;

/** Reads what a watch begins with: candles, free balance, the price, and what was missed since the last observation. */
export async function begin(facts: WatchFacts, mind: Mind): Promise<MarketEvent & { type: 'begin' }> {
  const { deps, reads, exchange, view } = facts;
  const { bot, account, settings } = view;
  const wanted = settings.strategy.candles(settings.parameters);
  const venue = `${account.kind} ${account.exchange}`;
  const [candles, free, missed, { price, at }] = await Promise.all([
    wanted ? reads.candles(exchange, venue, bot.ticker, wanted.timeframe, wanted.count) : [],
    needsFree(facts) ? readFree(facts) : null,
    readMissed(),
    reads.price(exchange, venue, bot.ticker),
  ]);
  mind.candles = candles;
  mind.free = free;
  return { type: 'begin', price, at, missed };

  /** Extremes that passed while nobody watched are in the minute candles. */
  async function readMissed(): Promise<Candle[]> {
    const since = view.observedAt;
    const minutes = since === null ? 0 : Math.ceil((deps.now() - since) / MINUTE_MS);
    if (since === null || minutes < 2) return [];
    const limit = Math.min(minutes, MOST_CANDLES);
    const candles = await reads.candles(exchange, venue, bot.ticker, '1m', limit);
    return candles.filter((candle) => candle.openTime >= since);
  }
}
