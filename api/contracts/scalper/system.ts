import { z } from 'zod';
import { answer, route } from '../../route.ts';
import { readHealth } from '../health.ts';

const tag = 'System';

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
