import type { EngineEvent } from '../../engine/types.ts';
import type { Venue } from '../venue.ts';
import type { Feed } from './feed.ts';
import { createFeed } from './feeds.ts';

const TICK_MS = 100;

/** Who listens: gets each payload as JSON, with its stream's name. */
export interface Listener {
  receive(stream: string, payload: string): void;
}

interface Stream {
  feed: Feed;
  listeners: Set<Listener>;
}

/** All market streams that somebody listens to. Nothing is computed for those that nobody does. */
export class MarketStreams {
  readonly #venue: Venue;
  readonly #streams = new Map<string, Stream>();
  readonly #bySymbol = new Map<string, Set<Feed>>();
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;

  constructor(venue: Venue) {
    this.#venue = venue;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  /** Unknown names are accepted and stay silent, as on Binance. */
  add(name: string, listener: Listener): void {
    const stream = this.#streams.get(name) ?? this.#open(name);
    stream?.listeners.add(listener);
  }

  remove(name: string, listener: Listener): void {
    const stream = this.#streams.get(name);
    if (stream === undefined) return;
    stream.listeners.delete(listener);
    if (stream.listeners.size > 0) return;
    this.#streams.delete(name);
    if (stream.feed.symbol !== null) this.#bySymbol.get(stream.feed.symbol)?.delete(stream.feed);
  }

  listen(event: EngineEvent): void {
    if (event.type === 'trade') {
      for (const feed of this.#bySymbol.get(event.trade.symbol) ?? []) feed.trade?.(event.trade);
    } else if (event.type === 'book') {
      for (const feed of this.#bySymbol.get(event.symbol) ?? []) feed.book?.(event.at);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #open(name: string): Stream | null {
    const listeners = new Set<Listener>();
    const feed = createFeed(name, this.#venue, (payload) => {
      const text = JSON.stringify(payload);
      for (const listener of listeners) listener.receive(name, text);
    });
    if (feed === null) return null;
    const stream = { feed, listeners };
    this.#streams.set(name, stream);
    if (feed.symbol !== null) {
      const feeds = this.#bySymbol.get(feed.symbol) ?? new Set<Feed>();
      this.#bySymbol.set(feed.symbol, feeds.add(feed));
    }
    return stream;
  }

  #tick(): void {
    this.#ticks += 1;
    for (const { feed } of this.#streams.values()) feed.tick?.(this.#ticks);
  }
}
