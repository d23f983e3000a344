import { ExchangeError } from '../port.ts';

/** Who goes first when the venue's limit makes callers wait: what takes risk off, then what decides, then what looks. */
export type Priority = 'cancel' | 'place' | 'move' | 'read';

const ORDER: readonly Priority[] = ['cancel', 'place', 'move', 'read'];
/** Past this wait a caller is told to come back. */
const LONGEST_WAIT_MS = 10_000;
/** What may be spent at once; the rest of the minute's limit flows in evenly, so that no minute sees more than the limit. */
const BURST_SHARE = 0.2;
/** Used up to this share, the rest of the minute is left alone. */
const ENOUGH_SHARE = 0.95;

type Closing = 'rate_limited' | 'banned';

interface Waiting {
  cost: number;
  go(): void;
  fail(error: ExchangeError): void;
}

/** The request limit of one (exchange, egress), kept by all of its users together. */
export interface Limiter {
  /** Resolves when a request of that cost may go; fails at once while the venue has asked to be left alone. */
  turn(cost: number, priority: Priority): Promise<void>;
  /** Throws while the venue has asked to be left alone: asked again just before a write. */
  check(): void;
  /** No request for that long. Who waits is told. */
  close(forMs: number, code: Closing): void;
  /** The limit as the venue publishes it. */
  setLimit: (unitsPerMinute: number) => void;
  /** What the venue counts for this address, whatever process of it asked: near the limit the minute is left to end. */
  heed(usedUnits: number, venueNow: number): void;
  /** How long the venue is to be left alone yet, ms. */
  closedForMs: () => number;
}

export function createLimiter(venue: string, unitsPerMinute: number, now: () => number = Date.now): Limiter {
  const bucket = createBucket(unitsPerMinute, now);
  const queues: Record<Priority, Waiting[]> = { cancel: [], place: [], move: [], read: [] };
  let closed: { until: number; code: Closing } = { until: 0, code: 'rate_limited' };
  let wake: NodeJS.Timeout | undefined;

  const first = (): Waiting[] | undefined =>
    ORDER.map((priority) => queues[priority]).find((q) => q.length > 0);

  function pump(): void {
    clearTimeout(wake);
    for (let queue = first(); queue; queue = first()) {
      const waitMs = bucket.take(queue[0]!.cost);
      if (waitMs > 0) {
        wake = setTimeout(pump, waitMs);
        return;
      }
      queue.shift()!.go();
    }
  }

  function wait(cost: number, queue: Waiting[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(leftAlone(venue, 'rate_limited', 1_000));
      }, LONGEST_WAIT_MS);
      const waiting: Waiting = {
        cost,
        go: () => (clearTimeout(leave), resolve()),
        fail: (error) => (clearTimeout(leave), reject(error)),
      };
      queue.push(waiting);
      pump();
    });
  }

  const limiter: Limiter = {
    async turn(cost, priority) {
      limiter.check();
      await wait(cost, queues[priority]);
    },
    check() {
      const forMs = limiter.closedForMs();
      if (forMs > 0) throw leftAlone(venue, closed.code, forMs);
    },
    close(forMs, code) {
      if (now() + forMs <= closed.until) return;
      closed = { until: now() + forMs, code };
      const told = leftAlone(venue, code, forMs);
      for (const queue of Object.values(queues)) for (const waiting of queue.splice(0)) waiting.fail(told);
    },
    setLimit: (units) => bucket.setLimit(units),
    heed(usedUnits, venueNow) {
      if (usedUnits >= bucket.limit() * ENOUGH_SHARE)
        limiter.close(60_000 - (venueNow % 60_000), 'rate_limited');
    },
    closedForMs: () => Math.max(0, closed.until - now()),
  };
  return limiter;
}

/** Units flow in evenly up to the burst; a request dearer than the burst goes when the bucket is full. */
function createBucket(unitsPerMinute: number, now: () => number) {
  let limit = unitsPerMinute;
  let units = limit * BURST_SHARE;
  let filledAt = now();

  return {
    limit: () => limit,
    setLimit(perMinute: number): void {
      limit = perMinute;
    },
    /** Takes `cost` and returns 0, or takes nothing and returns how long it will be until there is enough, ms. */
    take(cost: number): number {
      const burst = limit * BURST_SHARE;
      const perMs = (limit - burst) / 60_000;
      const at = now();
      units = Math.min(burst, units + Math.max(0, at - filledAt) * perMs);
      filledAt = at;
      const missing = Math.min(cost, burst) - units;
      if (missing > 0) return Math.ceil(missing / perMs);
      units -= cost;
      return 0;
    },
  };
}

function leftAlone(venue: string, code: Closing, forMs: number): ExchangeError {
  const seconds = Math.ceil(forMs / 1000);
  const why = code === 'banned' ? 'has banned this address for a while' : 'has reached its request limit';
  return new ExchangeError(`${venue} ${why}: nothing was sent. Try again in ${seconds} s.`, {
    code,
    phase: 'before_call',
    retrySafe: true,
    final: false,
    retryAfterMs: forMs,
  });
}
