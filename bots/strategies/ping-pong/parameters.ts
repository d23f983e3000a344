import { z } from 'zod';
import { percent, positiveAmount } from '../../amount-schema.ts';
import { Decimal } from '../../money.ts';

/** What a ping-pong bot is made of; the rules are the scalper contract's (5.1, Q5, Q8). */
export const pingPongParameters = z
  .object({
    firstOrder: z.enum(['BUY', 'SELL']).meta({
      title: 'First order',
      description: 'Side of the order that opens each round.',
      example: 'BUY',
    }),
    quantity: positiveAmount.meta({
      title: 'Quantity',
      description: 'Amount to trade, in base currency.',
      example: '0.01',
    }),
    buyPrice: positiveAmount.meta({
      title: 'Buy price',
      description: 'The most that is paid: limit of a plain order, ceiling of a trailing one.',
      example: '45000.50',
    }),
    sellPrice: positiveAmount.meta({
      title: 'Sell price',
      description:
        'The least that is taken: limit of a plain order, floor of a trailing one. Above the buy price.',
      example: '46000.00',
    }),
    trailingPercent: percent({ least: '0' }).nullable().default(null).meta({
      title: 'Trailing percentage',
      description:
        'Null or 0: plain limit orders. Otherwise the target price arms it, and the order is sent once the price has turned by this percentage from its best.',
      example: '1.5',
    }),
    infiniteLoop: z.boolean().default(false).meta({
      title: 'Infinite loop',
      description: 'True: a next round follows each; false: the bot stops after one round.',
      example: true,
    }),
  })
  .refine(pricesAscend, {
    path: ['sellPrice'],
    message: 'Must be greater than the buy price',
    when: pricesAreThere,
  })
  .meta({
    id: 'PingPongParameters',
    title: 'Ping-pong',
    description: 'Buy at one price, sell at a higher one.',
  });

export type PingPongParameters = z.infer<typeof pingPongParameters>;

function pricesAscend({ buyPrice, sellPrice }: { buyPrice: string; sellPrice: string }): boolean {
  return new Decimal(sellPrice).gt(buyPrice);
}

/** The two prices are compared even where another field is at fault, so that both faults are told at once. */
function pricesAreThere({ value }: { value: unknown }): boolean {
  const prices = z.object({ buyPrice: positiveAmount, sellPrice: positiveAmount });
  return prices.safeParse(value).success;
}
