import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import type { Budget } from './budgets.ts';

/** Counts a budget: throws a `RateLimiterRes` for what is over it, anything else where it cannot count. */
export type Counter = Pick<RateLimiterAbstract, 'consume'>;

/** Where budgets are counted. */
export type Store = (budget: Budget) => Counter;

const optionsOf = ({ name, points, seconds }: Budget) => ({ keyPrefix: name, points, duration: seconds });

/** In this process: right for one, and for as many as there are each counts its own. */
export const memoryStore: Store = (budget) => new RateLimiterMemory(optionsOf(budget));

/**
 * In the database (migration 0026), for all processes on it; in Redis where that is given and there. What cannot be counted
 * in one is counted in the next: Redis, PostgreSQL, memory. A strict budget does not go as far as memory.
 */
export function sharedStore({ pool, redis }: { pool: Pool; redis?: Redis | null }): Store {
  return (budget) => {
    const inDatabase = new RateLimiterPostgres({
      ...optionsOf(budget),
      ...{ storeClient: pool, storeType: 'pool', tableName: 'rate_limits', tableCreated: true },
      ...(!budget.isStrict && { insuranceLimiter: new RateLimiterMemory(optionsOf(budget)) }),
    });
    if (!redis) return inDatabase;
    return new RateLimiterRedis({
      ...optionsOf(budget),
      ...{ keyPrefix: `perpetua:${budget.name}`, storeClient: redis, rejectIfRedisNotReady: true },
      insuranceLimiter: inDatabase,
    });
  };
}
