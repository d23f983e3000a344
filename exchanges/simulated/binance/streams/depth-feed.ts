import { levels } from '../present-market.ts';
import type { Venue } from '../venue.ts';
import type { Emit, Feed } from './feed.ts';

type Side = Map<string, string>;

const ALL_LEVELS = 5_000;
const GONE = '0.00000000';

/** `<symbol>@depth`: what changed in the book since the update before, without a gap: its first id follows that one's last. */
export function depthFeed(venue: Venue, symbol: string, period: number, emit: Emit): Feed {
  let last = read(venue, symbol);
  let changed = false;
  return {
    symbol,
    book() {
      changed = true;
    },
    tick(number) {
      if (!changed || number % period !== 0) return;
      changed = false;
      const now = read(venue, symbol);
      if (now.id <= last.id) return;
      emit({
        e: 'depthUpdate',
        E: venue.now(),
        s: symbol,
        U: last.id + 1,
        u: now.id,
        b: difference(last.bids, now.bids),
        a: difference(last.asks, now.asks),
      });
      last = now;
    },
  };
}

function read(venue: Venue, symbol: string): { id: number; bids: Side; asks: Side } {
  const depth = venue.engine.depth(symbol, ALL_LEVELS);
  return { id: depth.lastUpdateId, bids: new Map(levels(depth.bids)), asks: new Map(levels(depth.asks)) };
}

/** The levels that changed, with their new quantity: zero where a level is gone. */
function difference(before: Side, after: Side): [string, string][] {
  const changed: [string, string][] = [];
  for (const [price, quantity] of after) if (before.get(price) !== quantity) changed.push([price, quantity]);
  for (const price of before.keys()) if (!after.has(price)) changed.push([price, GONE]);
  return changed;
}
