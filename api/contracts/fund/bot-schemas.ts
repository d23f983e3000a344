import { z } from 'zod';
import { FUND_BOT_STATES } from '../../../bots/fund/bot-state.ts';
import { timestamp } from '../scalper/fields.ts';

const EXAMPLE = {
  status: 'running',
  is_running: true,
  last_heartbeat: '2026-01-07T10:30:00.000Z',
  error_count: 0,
} as const;

const health = {
  status: z.enum(FUND_BOT_STATES),
  is_running: z.boolean(),
  last_heartbeat: timestamp.nullable().meta({
    description: 'The last sign of life of the process that looks after the bot; null before its first start',
    example: EXAMPLE.last_heartbeat,
  }),
  error_count: z
    .int()
    .min(0)
    .meta({ description: 'Failures of the exchange in a row; from 3 on it is an error' }),
};
const processId = z.int().nullable();

/** How the bot is, for everybody. */
export const botHealth = z.strictObject(health).meta({ id: 'BotHealth', example: EXAMPLE });

/** The same with the process that looks after it. */
export const botState = z
  .strictObject({ ...health, process_id: processId })
  .meta({ id: 'BotState', example: { ...EXAMPLE, process_id: 12_345 } });

export const botStatus = z.strictObject({ ...health, process_id: processId, timestamp }).meta({
  id: 'BotStatus',
  example: { ...EXAMPLE, process_id: 12_345, timestamp: '2026-01-07T10:30:15.000Z' },
});

const count = z.int().min(0);

export const performance = z
  .strictObject({
    total_trades: count.meta({ description: 'With a result: those that opened something are not counted' }),
    winning_trades: count,
    losing_trades: count.meta({ description: 'A break-even is one' }),
    win_rate: z.number().meta({ description: 'Per cent' }),
    total_profit: z.number(),
    total_loss: z.number().min(0),
    net_profit: z.number(),
    roi_percent: z.number().meta({ description: 'Of the capital put in; 0 where there is none' }),
  })
  .meta({
    id: 'Performance',
    example: {
      ...{ total_trades: 150, winning_trades: 95, losing_trades: 55, win_rate: 63.3 },
      ...{ total_profit: 2500.5, total_loss: 1200.3, net_profit: 1300.2, roi_percent: 13 },
    },
  });

export const trade = z
  .strictObject({
    id: z.int(),
    symbol: z.string(),
    side: z.enum(['BUY', 'SELL']),
    price: z.number(),
    quantity: z.number(),
    timestamp,
    profit_loss: z.number().meta({ description: 'What it realised; 0 for a trade that opens' }),
  })
  .meta({
    id: 'FundTrade',
    example: {
      ...{ id: 1, symbol: 'BTCUSDC', side: 'SELL', price: 42_500, quantity: 0.05, profit_loss: 125.5 },
      timestamp: '2026-01-07T10:15:00.000Z',
    },
  });
