import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Settings } from './configuration.ts';

/** A request waits no longer for it: what it cannot count is counted in the database. */
const COMMAND_TIMEOUT_MS = 250;
const LONGEST_RECONNECT_MS = 2_000;

/** The Redis that is set up; null where none is. It may be away at any time, is tried again for ever, and says so once. */
export function openRedis(settings: Settings['redis'], log: Pick<Logger, 'info' | 'warn'>): Redis | null {
  if (!settings) return null;
  const { url, password } = settings;
  const redis = new Redis(url, {
    ...(password !== undefined && !new URL(url).password && { password }),
    connectionName: 'perpetua',
    connectTimeout: LONGEST_RECONNECT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(100 * attempt, LONGEST_RECONNECT_MS),
  });
  let isAway = false;
  let why = 'closed';
  redis.on('error', (error: Error & { code?: string }) => {
    why = error.code ?? error.name;
  });
  // Also where the server ended its connections before anything failed; not where we leave.
  redis.on('reconnecting', () => {
    if (!isAway) log.warn({ why }, 'Redis is away: requests are counted in the database');
    isAway = true;
  });
  redis.on('ready', () => {
    isAway = false;
    why = 'closed';
    log.info('Requests are counted in Redis');
  });
  return redis;
}
