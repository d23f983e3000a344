import type { Context, Middleware } from 'koa';
import { networkOf } from '../addresses.ts';
import { ApiError } from '../errors.ts';
import type { BudgetName } from '../rate-limits/budgets.ts';
import type { Limits } from '../rate-limits/limits.ts';
import type { Reading } from '../rate-limits/shares.ts';

/**
 * What a call of a route uses up: `calls` one of the caller's, or of the address where nobody is signed in; the others one of
 * their own besides.
 */
export type Limit = 'calls' | 'sign-in' | 'orders';

/** What is below `roots` together, by address, in a minute and in an hour. Preflights do not count. */
export function limitByAddress(limits: Limits, roots: readonly string[]): Middleware {
  return async (ctx, next) => {
    const isCounted = roots.some((root) => ctx.path.startsWith(`${root}/`)) && ctx.method !== 'OPTIONS';
    if (isCounted) {
      const key = networkOf(ctx.ip);
      await count(ctx, limits, [
        ['minute', key],
        ['hour', key],
      ]);
    }
    return next();
  };
}

/** What is below `roots` and nobody serves: a call of the address. Comes after the routes. */
export function limitUnserved(limits: Limits, roots: readonly string[]): Middleware {
  return async (ctx, next) => {
    const isCounted = roots.some((root) => ctx.path === root || ctx.path.startsWith(`${root}/`));
    if (isCounted && ctx.method !== 'OPTIONS') await count(ctx, limits, [['address', networkOf(ctx.ip)]]);
    return next();
  };
}

/** A call of a route. The user, if there is one, is whom the session says, never who a token claims to be. */
export async function limitCall(
  ctx: Context,
  limits: Limits,
  { limit, userId }: { limit: Limit; userId: string | null },
): Promise<void> {
  const address = networkOf(ctx.ip);
  const own: BudgetUse[] = {
    calls: [],
    'sign-in': [['sign-in', address] satisfies BudgetUse],
    orders: [['orders', userId ?? address] satisfies BudgetUse],
  }[limit];
  await count(ctx, limits, [...own, userId !== null ? ['user', userId] : ['address', address]]);
}

type BudgetUse = [budget: BudgetName, key: string];

/** One after the other: what the first refuses uses up nothing of the next. The answer says how all of them stand. */
async function count(ctx: Context, limits: Limits, uses: BudgetUse[]): Promise<void> {
  const readings: Reading[] = [];
  for (const [budget, key] of uses) {
    const reading = await limits.use(budget, key);
    if (reading) readings.push(reading);
    if (reading && !reading.isAllowed) break;
  }
  if (readings.length === 0) return;
  // As in the IETF's draft-ietf-httpapi-ratelimit-headers, from its eighth version on.
  const list = (item: (reading: Reading) => string) =>
    readings.map((reading) => `"${reading.budget.name}";${item(reading)}`).join(', ');
  ctx.set({
    'RateLimit-Policy': list(({ budget: { points, seconds } }) => `q=${points};w=${seconds}`),
    RateLimit: list((reading) => `r=${reading.remaining};t=${secondsLeft(reading)}`),
  });
  const refused = readings.find(({ isAllowed }) => !isAllowed);
  if (refused)
    throw new ApiError('rate_limited', 'Rate limit exceeded', { retryAfterSeconds: secondsLeft(refused) });
}

function secondsLeft({ msLeft }: Reading): number {
  return Math.max(1, Math.ceil(msLeft / 1_000));
}
