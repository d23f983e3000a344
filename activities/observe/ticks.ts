import type { Amount } from '../../bots/money.ts';

export interface Tick {
  price: Amount;
  at: number;
}

export interface Ticks {
  push(tick: Tick): void;
  /** Delivers what waits, and nothing more comes. */
  flush(): void;
  /** Drops what waits. */
  close(): void;
}

/**
 * Lets ticks through at once while they are few, and at most one batch per `everyMs` when they are many. A batch holds
 * the lowest, the highest and the last tick, in the order they came: no extreme is lost.
 */
export function createTicks(everyMs: number, deliver: (tick: Tick) => void): Ticks {
  let waiting: Batch | null = null;
  let timer: NodeJS.Timeout | undefined;
  const deliverBatch = () => {
    if (!waiting) return;
    const { low, high, last, lowCameFirst } = waiting;
    waiting = null;
    for (const tick of new Set([...(lowCameFirst ? [low, high] : [high, low]), last])) deliver(tick);
  };
  // A batch that waits is no reason for a process to stay that has nothing else to do.
  const later = () => setTimeout(open, everyMs).unref();
  const open = () => {
    timer = waiting ? later() : undefined;
    deliverBatch();
  };
  const close = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting = null;
  };
  return {
    push(tick) {
      if (timer)
        waiting = waiting ? extend(waiting, tick) : { low: tick, high: tick, last: tick, lowCameFirst: true };
      else {
        timer = later();
        deliver(tick);
      }
    },
    flush() {
      deliverBatch();
      close();
    },
    close,
  };
}

interface Batch {
  low: Tick;
  high: Tick;
  last: Tick;
  lowCameFirst: boolean;
}

/** Floats only to compare: the amounts themselves are passed on as they came. */
function extend(batch: Batch, tick: Tick): Batch {
  const price = Number(tick.price);
  if (price < Number(batch.low.price)) return { ...batch, low: tick, last: tick, lowCameFirst: false };
  if (price > Number(batch.high.price)) return { ...batch, high: tick, last: tick, lowCameFirst: true };
  return { ...batch, last: tick };
}
