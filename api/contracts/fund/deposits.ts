import { z } from 'zod';
import { listDeposits, type Deposit } from '../../../db/fund/deposits.ts';
import { answer, route } from '../../route.ts';
import { timestamp, uuid } from '../scalper/fields.ts';
import { atMost, data, leavingOut, success } from './fields.ts';

const deposit = z
  .strictObject({
    id: uuid,
    status: z.enum(['pending', 'credited', 'kept', 'allotted', 'swept', 'reversed']).meta({
      description:
        'pending: not final at the exchange yet; credited: waits for units; allotted, swept: has its units; kept: gets none; reversed: the exchange has taken it back',
    }),
    kept_because: z
      .enum(['other_asset', 'below_minimum'])
      .nullable()
      .meta({ description: 'Why it gets no units; null where nothing keeps it from them' }),
    asset: z.string(),
    network: z.string(),
    amount: z.number(),
    confirmations: z.int().min(0),
    tx_id: z.string().nullable(),
    units: z.number().nullable().meta({ description: 'Given for it; null until they are' }),
    nav_per_unit: z.number().nullable().meta({ description: 'What one of them cost' }),
    seen_at: timestamp.meta({ description: 'When the exchange saw it first' }),
  })
  .meta({ id: 'Deposit' });

const list = route({
  method: 'get',
  path: '/wallet/deposits',
  policy: 'signed-in',
  tag: 'Wallet',
  summary: 'Your deposits, the newest first',
  description: 'Also those that are not final yet, and those that get no units.',
  query: z.object({ limit: atMost(500, 50), offset: leavingOut }),
  responses: { 200: data(z.array(deposit)) },
  async handler({ query, caller: { userId } }, { knex }) {
    const rows = await listDeposits(knex, { userId, ...query });
    return answer(200, { success, data: rows.map(present) });
  },
});

function present(row: Deposit): z.input<typeof deposit> {
  const { id, status, kept_because, asset, network, confirmations, tx_id, units, nav_per_unit } = row;
  return {
    ...{ id, status, kept_because, asset, network, confirmations, tx_id },
    amount: Number(row.amount),
    units: units === null ? null : Number(units),
    nav_per_unit: nav_per_unit === null ? null : Number(nav_per_unit),
    seen_at: row.seen_at.toISOString(),
  };
}

export const depositRoutes = [list];
