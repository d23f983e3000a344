import type { Exchange } from '../../exchanges/port.ts';
import { createTicks, type Tick } from './ticks.ts';

/** A watch that does not come back within this is somebody else's, or nobody's. */
const LONGEST_GAP_MS = 30_000;
/** As fine as a watch looks: what came before a fill and what came after it stay apart. */
const BATCH_MS = 200;

/**
 * Listens between two watches of a bot: while its workflow acts on what one saw, the market goes on, and the extremes that
 * trailing follows must not be lost.
 */
export interface Gaps {
  /** A watch has ended. */
  open(botId: string, exchange: Exchange, symbol: string): void;
  /** The next one begins: what it missed, in the order it came. */
  close(botId: string): Tick[];
}

export function createGaps(): Gaps {
  const gaps = new Map<string, () => Tick[]>();
  const close = (botId: string): Tick[] => {
    const end = gaps.get(botId);
    gaps.delete(botId);
    return end?.() ?? [];
  };
  return {
    open(botId, exchange, symbol) {
      close(botId);
      const missed: Tick[] = [];
      const ticks = createTicks(BATCH_MS, (tick) => missed.push(tick));
      const leave = exchange.watchMarket(symbol, null, (event) => {
        if (event.type === 'trade') ticks.push(event);
      });
      const timer = setTimeout(() => close(botId), LONGEST_GAP_MS).unref();
      gaps.set(botId, () => {
        clearTimeout(timer);
        leave();
        ticks.flush();
        return missed;
      });
    },
    close,
  };
}
