import { z } from 'zod';
import { timestamp } from '../scalper/fields.ts';

const wholeFund = z
  .strictObject({
    total_units: z.number(),
    total_value: z.number(),
    nav_per_unit: z.number(),
    assets: z.array(
      z.strictObject({
        asset: z.string(),
        free: z.number().meta({ description: 'Not in orders, less what is owed to depositors and payees' }),
        locked: z.number().meta({ description: "In orders of the fund's bot" }),
        value: z
          .number()
          .nullable()
          .meta({ description: 'At the newest valuation; null where that has no price' }),
      }),
    ),
    open_positions: z.array(
      z.strictObject({ symbol: z.string(), quantity: z.number(), price: z.number(), realised: z.number() }),
    ),
  })
  .meta({ id: 'WholeFund' });

export const portfolio = z
  .strictObject({
    units: z.number(),
    locked_units: z.number().meta({ description: 'Of them, in withdrawals that wait for approval' }),
    fee_units: z
      .number()
      .meta({ description: 'Taken as fees so far, where the fund charges any; not in the units' }),
    nav_per_unit: z.number(),
    value: z.number().meta({ description: 'Units x NAV, rounded down' }),
    total_deposited: z.number(),
    total_withdrawn: z.number().meta({ description: 'Paid out, or approved and on its way' }),
    profit_loss: z.number(),
    profit_loss_percent: z.number().meta({ description: 'Of what was deposited' }),
    currency: z.string(),
    updated_at: timestamp,
    fund: wholeFund.optional().meta({ description: 'For admins' }),
  })
  .meta({
    id: 'Portfolio',
    example: {
      ...{
        units: 1000,
        locked_units: 0,
        fee_units: 0,
        nav_per_unit: 1.13002,
        value: 1130.02,
        total_deposited: 1000,
      },
      ...{ total_withdrawn: 0, profit_loss: 130.02, profit_loss_percent: 13, currency: 'USDC' },
      updated_at: '2026-01-07T10:30:00.000Z',
    },
  });
