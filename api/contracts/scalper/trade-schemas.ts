import { z } from 'zod';
import { SIDES } from './bot-schemas.ts';
import { TRADE } from './examples.ts';
import { timestamp, uuid } from './fields.ts';

/** A trade as every answer shows it: one order of the exchange, with all it filled. */
export const trade = z
  .strictObject({
    id: uuid,
    bot_id: uuid,
    symbol: z.string(),
    side: z.enum(SIDES),
    quantity: z.number(),
    price: z.number(),
    pnl: z.number().nullable().meta({ description: 'Null for a trade that opens' }),
    commission: z.number().nullable().meta({ description: 'In quote currency' }),
    exchange_order_id: z.string().nullable(),
    exchange: z.string(),
    executed_at: timestamp,
    extra_data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Trade', example: TRADE });
