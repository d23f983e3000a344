import type { Knex } from 'knex';
import { z } from 'zod';
import { latestComparison } from '../../../db/fund/comparisons.ts';
import { readFreeze } from '../../../db/fund/dealing.ts';
import { latestValuation } from '../../../db/fund/nav-history.ts';
import { callerContext } from '../../commands/context.ts';
import { resumeDealing, stopDealing } from '../../commands/fund-dealing.ts';
import { answer, route } from '../../route.ts';
import { timestamp } from '../scalper/fields.ts';
import { data, reason, success } from './fields.ts';

const standing = z
  .strictObject({
    frozen: z
      .strictObject({ since: timestamp, because: z.string() })
      .nullable()
      .meta({ description: 'No units are given and none redeemed; null where dealing goes on' }),
    valuation: z
      .strictObject({
        nav_per_unit: z.number(),
        total_value: z.number(),
        total_units: z.number(),
        recorded_at: timestamp,
        provisional_because: z
          .string()
          .nullable()
          .meta({ description: 'Why nothing was dealt at it; null where it is final' }),
      })
      .nullable()
      .meta({ description: 'The newest' }),
    solvency: z
      .strictObject({ checked_at: timestamp, differences: z.array(z.string()) })
      .nullable()
      .meta({
        description: 'What the newest comparison of the ledger with the exchange found; none is well',
      }),
  })
  .meta({ id: 'FundStanding' });

const freezing = z.strictObject({ reason }).meta({ id: 'FundFreeze' });

const both = { policy: 'admin', tag: 'Dealing', responses: { 200: data(standing) } } as const;

const show = route({
  ...both,
  method: 'get',
  path: '/admin/fund',
  summary: 'How the fund stands: frozen or not, its newest valuation and comparison',
  handler: async (_, { knex }) => standingOf(knex),
});

const freeze = route({
  ...both,
  method: 'post',
  path: '/admin/fund/freeze',
  stepUp: true,
  summary: 'Freeze dealing',
  description:
    'At once: no units are given and no withdrawal is approved until somebody lets dealing go on. What is on its way goes on. The first reason stays.',
  body: freezing,
  examples: { reason: { summary: 'A reason', value: { reason: 'The exchange shows what cannot be' } } },
  async handler({ body: { reason }, ...rest }, dependencies) {
    await stopDealing(reason, callerContext(rest, dependencies));
    return standingOf(dependencies.knex);
  },
});

const unfreeze = route({
  ...both,
  method: 'post',
  path: '/admin/fund/unfreeze',
  stepUp: true,
  summary: 'Let dealing go on',
  description: 'Once the newest comparison of ledger and exchange finds no difference.',
  refusals: ['command_refused'],
  async handler(request, dependencies) {
    await resumeDealing(callerContext(request, dependencies));
    return standingOf(dependencies.knex);
  },
});

async function standingOf(knex: Knex) {
  const [frozen, valuation, compared] = await Promise.all([
    readFreeze(knex),
    latestValuation(knex),
    latestComparison(knex),
  ]);
  const presented: z.input<typeof standing> = {
    frozen: frozen && { since: frozen.since.toISOString(), because: frozen.because },
    valuation: valuation && {
      ...{ nav_per_unit: Number(valuation.nav_per_unit), total_value: Number(valuation.total_value) },
      ...{ total_units: Number(valuation.total_units), recorded_at: valuation.recorded_at.toISOString() },
      provisional_because: valuation.provisional_because,
    },
    solvency: compared && { checked_at: compared.at.toISOString(), differences: compared.differences },
  };
  return answer(200, { success, data: presented });
}

export const dealingRoutes = [show, freeze, unfreeze];
