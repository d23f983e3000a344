import { LRUCache } from 'lru-cache';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Budget } from './budgets.ts';
import type { Counter } from './stores.ts';

/** How a budget stands with one key. */
export interface Reading {
  budget: Budget;
  isAllowed: boolean;
  remaining: number;
  msLeft: number;
}

/** What this process has taken of a window ahead of need. */
interface Share {
  /** Taken and not used. */
  own: number;
  /** Not taken by anybody. */
  common: number;
  /** When the window ends, ms. */
  until: number;
}

/** How much of a budget is taken at once. */
const PORTION = 1 / 20;
/** The longest unused key makes room; what was taken for it is then lost to it. */
const MAX_KEYS = 50_000;

/**
 * Uses points of a budget, of which a process takes a twentieth at a time: most requests ask no store. What is used has been
 * taken, so all processes together never allow more than the budget; each one beside the first may hold up to a twentieth
 * that the others miss. Strict budgets are taken point by point. A key that has used up its window asks no store until it ends.
 */
export function createShares(budget: Budget, counter: Counter): (key: string) => Promise<Reading> {
  const portion = budget.isStrict ? 1 : Math.max(1, Math.floor(budget.points * PORTION));
  const shares = new LRUCache<string, Share>({ max: MAX_KEYS });

  const current = (key: string): Share | undefined => {
    const share = shares.get(key);
    return share && share.until > Date.now() ? share : undefined;
  };
  const use = (share: Share): Reading => {
    const isAllowed = share.own > 0;
    if (isAllowed) share.own--;
    return { budget, isAllowed, remaining: share.own + share.common, msLeft: share.until - Date.now() };
  };
  return async (key) => {
    const held = current(key);
    if (held && (held.own > 0 || held.common === 0)) return use(held);
    const taken = await take(counter, key, { portion, points: budget.points });
    // Others of this process may have taken meanwhile; a window that has begun since leaves nothing of the one before.
    const beside = current(key);
    const isSame = beside && taken.until - beside.until < budget.seconds * 500;
    const share = isSame
      ? { ...taken, own: beside.own + taken.own, common: Math.min(beside.common, taken.common) }
      : taken;
    shares.set(key, share);
    return use(share);
  };
}

async function take(
  counter: Counter,
  key: string,
  { portion, points }: { portion: number; points: number },
): Promise<Share> {
  const { consumedPoints, msBeforeNext } = await counter.consume(key, portion).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  });
  const before = consumedPoints - portion;
  return {
    own: Math.min(portion, Math.max(0, points - before)),
    common: Math.max(0, points - consumedPoints),
    until: Date.now() + msBeforeNext,
  };
}
