import type { Market } from '../../bots/market.ts';
import type { Exchange } from '../../exchanges/port.ts';
import type { BotView } from '../bot-view.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ObserveInput } from '../types.ts';
import type { Gaps } from './gaps.ts';
import type { VenueReads } from './venue-reads.ts';

/** What one watch of one bot is made from. */
export interface WatchFacts {
  deps: Dependencies;
  reads: VenueReads;
  gaps: Gaps;
  exchange: Exchange;
  view: BotView;
  market: Market;
  /** Epoch ms of the bot's last own fill, by the venue's clock; null before the first. */
  lastFillAt: number | null;
  input: ObserveInput;
  /** True where our record must be compared with the venue before anything is decided. */
  unsure: boolean;
  /** Aborted where a later watch of the bot has begun in this process. */
  over: AbortSignal;
  /** To be called once the first decision is made. */
  begun(): Promise<void>;
  /** Compares; returns the own orders that changed. */
  check(): Promise<string[]>;
}
