import { z } from 'zod';
import { probeParts } from '../commands/probe-parts.ts';
import { isUp } from '../probes.ts';
import { answer, route } from '../route.ts';

const tag = 'System';
const RETRY = { 'Retry-After': '5' };

const part = z.enum(['up', 'down']);
const word = (up: boolean) => (up ? ('up' as const) : ('down' as const));

const health = z
  .strictObject({ status: z.enum(['ok', 'down']), database: part, temporal: part })
  .meta({ id: 'Health', example: { status: 'ok', database: 'up', temporal: 'up' } });

/** Of every contract: reading works with the database alone. */
export const readHealth = route({
  method: 'get',
  path: '/health',
  policy: 'public',
  tag,
  summary: 'Whether the database answers; 503 where it does not',
  responses: { 200: health, 503: health },
  async handler(_, dependencies) {
    const { database, temporal } = await probeParts(dependencies);
    const parts = { database: word(database), temporal: word(temporal) };
    return database
      ? answer(200, { status: 'ok', ...parts })
      : answer(503, { status: 'down', ...parts }, RETRY);
  },
});

const live = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Alive' });

const readLive = route({
  method: 'get',
  path: '/health/live',
  policy: 'public',
  tag,
  summary: 'Whether this process answers',
  responses: { 200: live },
  handler: async () => answer(200, { status: 'ok' as const }),
});

const ready = z
  .strictObject({
    status: z.enum(['ok', 'down']),
    ...{ database: part, temporal: part },
    redis: z.enum(['up', 'down', 'not_configured']),
  })
  .meta({
    id: 'Readiness',
    example: { status: 'ok', database: 'up', temporal: 'up', redis: 'not_configured' },
  });

const readReady = route({
  method: 'get',
  path: '/health/ready',
  policy: 'public',
  tag,
  summary: 'Whether everything it needs answers, so that it can be sent requests',
  description: 'Redis is shown and does not count: without it requests are counted in the database.',
  responses: { 200: ready, 503: ready },
  async handler(_, { redis, ...dependencies }) {
    const [{ database, temporal }, cache] = await Promise.all([
      probeParts(dependencies),
      redis ? isUp(() => redis.ping()) : null,
    ]);
    const parts = {
      ...{ database: word(database), temporal: word(temporal) },
      redis: cache === null ? ('not_configured' as const) : word(cache),
    };
    const isReady = database && temporal;
    return isReady
      ? answer(200, { status: 'ok', ...parts })
      : answer(503, { status: 'down', ...parts }, RETRY);
  },
});

export const healthRoutes = [readHealth, readLive, readReady];
