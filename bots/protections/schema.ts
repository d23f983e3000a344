import { z } from 'zod';
import { percent, positiveAmount } from '../amount-schema.ts';

/** What any bot may be protected by, whatever its strategy. A rule that is left out does not apply. */
export const protectionsSchema = z
  .strictObject({
    stopLoss: percent({ least: '0.01' }).optional().meta({
      title: 'Stop-loss',
      description: 'Closes the position at market once it has lost this percentage of its average price.',
      example: '5',
    }),
    takeProfit: percent({ least: '0.01' }).optional().meta({
      title: 'Take-profit',
      description: 'Closes the position at market once it has gained this percentage on its average price.',
      example: '10',
    }),
    maxDrawdown: percent({ least: '0.01' }).optional().meta({
      title: 'Maximum drawdown',
      description:
        'Closes the position and stops the bot with an error once its equity (most money ever at work plus realised and floating result) is this percentage below its peak. Starting the bot again measures anew.',
      example: '20',
    }),
    dailyLoss: positiveAmount.optional().meta({
      title: 'Daily loss',
      description: 'Opens nothing more on a UTC day that has realised a loss of this much quote currency.',
      example: '50',
    }),
    cooldown: z.int().min(1).max(604_800).optional().meta({
      title: 'Cooldown',
      description: 'Seconds without a new position after a fill that closed at a loss.',
      example: 600,
    }),
    maxPosition: positiveAmount.optional().meta({
      title: 'Maximum position',
      description: 'The most quote currency that may be at work, orders waiting included.',
      example: '1000',
    }),
    minBalance: positiveAmount.optional().meta({
      title: 'Minimum balance',
      description: 'Buys nothing that would leave less free quote currency on the account than this.',
      example: '100',
    }),
  })
  .meta({ id: 'Protections', title: 'Protections', description: 'Limits that every strategy is held to.' });

export type Protections = z.infer<typeof protectionsSchema>;
