import type { Middleware } from 'koa';
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { ApiError } from '../errors.ts';

/** Counts requests by key; any store of rate-limiter-flexible will do. */
export interface RateLimiters {
  minute: Pick<RateLimiterAbstract, 'consume'>;
  hour: Pick<RateLimiterAbstract, 'consume'>;
}

/** Counters in this process: right for one process, and for as many as there are each counts its own. */
export function memoryLimiters({ perMinute, perHour }: { perMinute: number; perHour: number }): RateLimiters {
  return {
    minute: new RateLimiterMemory({ keyPrefix: 'minute', points: perMinute, duration: 60 }),
    hour: new RateLimiterMemory({ keyPrefix: 'hour', points: perHour, duration: 3_600 }),
  };
}

/** Both windows over all paths below `roots` together, by address. Preflights do not count. */
export function rateLimit({ minute, hour }: RateLimiters, roots: readonly string[]): Middleware {
  return async (ctx, next) => {
    if (roots.some((root) => ctx.path.startsWith(`${root}/`)) && ctx.method !== 'OPTIONS') {
      const key = network(ctx.ip);
      // One after the other: what the minute refuses does not use up the hour.
      await consume(minute, key);
      await consume(hour, key);
    }
    return next();
  };
}

async function consume(limiter: RateLimiters['minute'], key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new ApiError('rate_limited', 'Rate limit exceeded', { retryAfterSeconds });
  }
}

/** Who an address belongs to: an IPv6 customer has a whole /64 to call from. */
function network(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address.replace(/^::ffff:/, '');
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const full = [
    ...groups,
    ...Array<string>(Math.max(0, missing)).fill('0'),
    ...(tail ?? '').split(':').filter(Boolean),
  ];
  return full.slice(0, 4).join(':');
}
