import { z } from 'zod';
import { EXCHANGES } from '../../../bots/exchanges.ts';
import { protectionsSchema } from '../../../bots/protections/schema.ts';
import { STRATEGIES } from '../../../bots/strategies/index.ts';
import { toPlain } from '../../json.ts';
import { BOT, OPERATED_BOT } from './examples.ts';
import { asNumber, count, exactNumber, timestamp, uuid } from './fields.ts';

export const STATUSES = ['ACTIVE', 'STOPPED', 'PAUSED', 'ERROR'] as const;
export const SIDES = ['BUY', 'SELL'] as const;

const amount = (description: string, example: number) =>
  exactNumber.meta({ description, example, override: { ...asNumber, exclusiveMinimum: 0 } });

/** The eight fields of a scalper's bot as a request sends them. Only their types are checked here. */
const scalperFields = {
  ticker: z.string().meta({ description: 'Trading pair, BASE/QUOTE', example: 'BTC/USDT', maxLength: 20 }),
  exchange: z.enum(EXCHANGES).meta({ description: '`CoinDCX F` is CoinDCX Futures', example: 'Binance' }),
  first_order: z.enum(SIDES).meta({ description: 'Side of the first order', example: 'BUY' }),
  quantity: amount('Amount to trade, in base currency', 0.01),
  buy_price: amount('Target buy price', 45000.5),
  sell_price: amount('Target sell price, above the buy price', 46000),
  trailing_percent: exactNumber.nullable().meta({
    description: 'Trailing percentage, null for none',
    example: 1.5,
    override: { anyOf: undefined, type: ['number', 'null'], minimum: 0, maximum: 100 },
  }),
  infinite_loop: z.boolean().meta({ description: 'Whether to trade round after round', example: true }),
};

/** Settings that no contract fixes are free JSON until their own schema reads them. */
const settings = <S extends z.ZodType>(schema: S) => z.preprocess(toPlain, schema);
const protections = settings(protectionsSchema);

export const newScalper = z.object({
  ...scalperFields,
  strategy: z.literal('ping-pong').optional(),
  trailing_percent: scalperFields.trailing_percent.default(null),
  infinite_loop: scalperFields.infinite_loop.default(false),
  protections: protections.optional(),
});

const otherStrategies = STRATEGIES.filter(({ name }) => name !== 'ping-pong').map(({ name, parameters }) =>
  z.object({
    strategy: z.literal(name),
    ticker: scalperFields.ticker,
    exchange: scalperFields.exchange,
    parameters: settings(parameters as z.ZodType<Record<string, unknown>>),
    protections: protections.optional(),
  }),
);

/** A new bot: the scalper's eight fields, or a strategy by name with its parameters. Unknown fields are ignored. */
export const newBot = z
  .discriminatedUnion('strategy', [newScalper, ...otherStrategies])
  .meta({ id: 'NewBot' });
export type NewBot = z.output<typeof newBot>;

/** Every field may be left out; what the server owns is ignored. */
export const botChange = z
  .object({
    ...scalperFields,
    parameters: z.preprocess(toPlain, z.record(z.string(), z.unknown())).meta({
      description: 'For strategies other than ping-pong: the parameters to change',
    }),
    protections,
  })
  .partial()
  .meta({ id: 'BotChange' });
export type BotChange = z.output<typeof botChange>;

/** The bot as every answer shows it. */
export const bot = z
  .strictObject({
    id: uuid,
    ticker: z.string().max(20),
    exchange: z.string(),
    first_order: z.enum(SIDES),
    quantity: z
      .number()
      .nullable()
      .meta({ description: 'Null for strategies that have their own parameters' }),
    buy_price: z.number().nullable(),
    sell_price: z.number().nullable(),
    trailing_percent: z.number().nullable(),
    infinite_loop: z.boolean(),
    status: z.enum(STATUSES),
    pnl: z.number().meta({ description: 'Profit and loss so far, in quote currency', example: 125.5 }),
    total_trades: count.meta({ description: 'Number of fills', example: 10 }),
    last_fill_time: timestamp.nullable(),
    created_at: timestamp,
    updated_at: timestamp,
    strategy: z.string().optional().meta({ description: 'Shown where it is not ping-pong' }),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Shown where it is not ping-pong' }),
    protections: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Shown where there are any' }),
  })
  .meta({ id: 'Bot', example: BOT });

/** What operators see of anybody's bot: nothing personal, no amounts, no prices. */
export const operatedBot = z
  .strictObject({
    ...{
      id: uuid,
      owner_id: uuid.nullable(),
      strategy: z.string(),
      ticker: z.string(),
      exchange: z.string(),
    },
    status: z.enum(STATUSES),
    finishing: z.boolean().meta({ description: 'True while it ends its last round' }),
    ...{ created_at: timestamp, updated_at: timestamp },
  })
  .meta({ id: 'OperatedBot', example: OPERATED_BOT });
