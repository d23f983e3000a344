import { z } from 'zod';
import { SERVICE_STATES, stateOf, type Probe } from '../../probes.ts';
import { answer, route } from '../../route.ts';
import { timestamp } from '../scalper/fields.ts';

const service = z
  .strictObject({ name: z.string(), state: z.enum(SERVICE_STATES), checked_at: timestamp })
  .meta({
    id: 'Service',
    example: { name: 'telegram', state: 'connected', checked_at: '2026-01-01T00:00:00.000Z' },
  });

const apiStatus = route({
  method: 'get',
  path: '/api-status',
  policy: 'admin',
  tag: 'System',
  summary: 'How each service outside is, asked now',
  responses: { 200: z.strictObject({ services: z.array(service) }).meta({ id: 'ApiStatus' }) },
  async handler(_, { knex, bots, redis, services = {} }) {
    const probes: Record<string, Probe> = {
      database: async () => {
        await knex.raw('SELECT 1');
        return true;
      },
      temporal: async () => {
        if (!(await bots.reachable())) throw new Error('Temporal does not answer');
        return true;
      },
      redis: async () => {
        await redis?.ping();
        return Boolean(redis);
      },
      ...services,
    };
    const states = Object.entries(probes).map(async ([name, probe]) => ({
      ...{ name, state: await stateOf(probe), checked_at: new Date().toISOString() },
    }));
    return answer(200, { services: await Promise.all(states) });
  },
});

export const statusRoutes = [apiStatus];
