import { z } from 'zod';
import { answer, route } from '../../route.ts';

const tag = 'System';
/** A part that has not answered by then counts as down. */
const PATIENCE_MS = 2_000;

const root = route({
  method: 'get',
  path: '/',
  policy: 'public',
  tag,
  summary: 'What this is',
  responses: {
    200: z
      .strictObject({ name: z.string(), version: z.string(), description: z.string(), docs: z.string() })
      .meta({
        example: {
          ...{ name: 'Scalper Bot API', version: '1.0.0', docs: '/docs' },
          description: 'API for cryptocurrency scalping bot management',
        },
      }),
  },
  async handler(_, { settings: { name, version, description } }) {
    return answer(200, { name, version, description, docs: '/docs' });
  },
});

const part = z.enum(['up', 'down']);
const health = z.strictObject({ status: part, database: part, temporal: part }).meta({
  id: 'Health',
  example: { status: 'up', database: 'up', temporal: 'up' },
});

const readHealth = route({
  method: 'get',
  path: '/health',
  policy: 'public',
  tag,
  summary: 'Whether everything the API needs is up',
  responses: { 200: health, 503: health },
  async handler(_, { knex, bots }) {
    const [database, temporal] = await Promise.all([
      inTime(knex.raw('SELECT 1').then(() => true)),
      inTime(bots.reachable()),
    ]);
    const word = (isUp: boolean) => (isUp ? ('up' as const) : ('down' as const));
    const body = { status: word(database && temporal), database: word(database), temporal: word(temporal) };
    return database && temporal ? answer(200, body) : answer(503, body, { 'Retry-After': '5' });
  },
});

const metrics = route({
  method: 'get',
  path: '/metrics',
  policy: 'public',
  tag,
  summary: 'Metrics for Prometheus',
  produces: 'text/plain; version=0.0.4; charset=utf-8',
  responses: { 200: z.string() },
  handler: async (_, dependencies) => answer(200, await dependencies.metrics.metrics()),
});

export const systemRoutes = [root, readHealth, metrics];

async function inTime(answering: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, false);
  });
  return Promise.race([answering.catch(() => false), late]).finally(() => clearTimeout(timer));
}
