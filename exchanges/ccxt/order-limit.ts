import { ExchangeError } from '../port.ts';

/** A venue's limit on the new orders of one account. What it cancels and reads goes on, and so do others of its address. */
export interface OrderLimit {
  /** Throws while the venue takes no more orders of the account. */
  check(): void;
  /** No new order for that long. */
  close(forMs: number): void;
}

export function createOrderLimit(venue: string, now: () => number = Date.now): OrderLimit {
  let closedUntil = 0;
  return {
    check() {
      const forMs = closedUntil - now();
      if (forMs > 0) throw full(venue, forMs);
    },
    close(forMs) {
      closedUntil = Math.max(closedUntil, now() + forMs);
    },
  };
}

function full(venue: string, forMs: number): ExchangeError {
  const seconds = Math.ceil(forMs / 1000);
  return new ExchangeError(
    `${venue} takes no more orders of this account for now: nothing was sent. Try again in ${seconds} s.`,
    { code: 'rate_limited', phase: 'before_call', retrySafe: true, final: false, retryAfterMs: forMs },
  );
}
