import type { Amount } from '../../bots/money.ts';

export interface Tick {
  price: Amount;
  at: number;
}

/**
 * Lets ticks through at once while they are few, and at most one batch per `everyMs` when they are many. A batch holds
 * the lowest, the highest and the last tick, in the order they came: no extreme is lost.
 */
export function createTicks(
  everyMs: number,
  deliver: (tick: Tick) => void,
): { push(tick: Tick): void; close(): void } {
  let waiting: { low: Tick; high: Tick; last: Tick } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const open = () => {
    timer = null;
    if (!waiting) return;
    const { low, high, last } = waiting;
    waiting = null;
    timer = setTimeout(open, everyMs);
    for (const tick of new Set([low, high, last].toSorted((a, b) => a.at - b.at))) deliver(tick);
  };
  return {
    push(tick) {
      if (timer) waiting = waiting ? extend(waiting, tick) : { low: tick, high: tick, last: tick };
      else {
        timer = setTimeout(open, everyMs);
        deliver(tick);
      }
    },
    close() {
      if (timer) clearTimeout(timer);
      timer = null;
      waiting = null;
    },
  };
}

/** Floats only to compare: the amounts themselves are passed on as they came. */
function extend(batch: { low: Tick; high: Tick }, tick: Tick): { low: Tick; high: Tick; last: Tick } {
  const price = Number(tick.price);
  return {
    low: price < Number(batch.low.price) ? tick : batch.low,
    high: price > Number(batch.high.price) ? tick : batch.high,
    last: tick,
  };
}
