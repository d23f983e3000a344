import { z } from 'zod';
import { exactNumber, queryText, timestamp } from '../scalper/fields.ts';

/** Printable and without spaces: keys travel in headers. */
const keyText = (least: number, most: number) =>
  z
    .string()
    .min(least, `Must have at least ${least} characters`)
    .max(most, `Must have at most ${most} characters`)
    .regex(/^[\x21-\x7e]*$/, 'Must be printable ASCII without spaces');

const exchange = z
  .string()
  .trim()
  .regex(/^[\x20-\x7e]*$/, 'Must be the name of an exchange')
  .min(1, 'Must be the name of an exchange')
  .max(50, 'Must have at most 50 characters')
  .meta({ example: 'Binance' });

const keys = {
  api_key: keyText(8, 256).meta({ description: 'Must not be allowed to withdraw' }),
  api_secret: keyText(8, 512),
  passphrase: z
    .string()
    .regex(/^[\x20-\x7e]*$/, 'Must be printable ASCII')
    .max(128, 'Must have at most 128 characters')
    .nullish()
    .meta({ description: 'For exchanges whose keys have one, such as Bitget' }),
};

const kind = z.enum(['live', 'paper']).meta({
  description: 'paper: keys of the simulated exchange, whatever exchange is named',
});

export const newKeys = z
  .object({
    ...{ exchange, ...keys, kind: kind.default('live') },
    ...{ api_key: keys.api_key.optional(), api_secret: keys.api_secret.optional() },
  })
  .superRefine(({ kind: which, ...sent }, { addIssue }) => {
    if (which === 'paper' && sent.api_key === undefined && sent.api_secret === undefined) return;
    for (const field of ['api_key', 'api_secret'] as const)
      if (sent[field] === undefined)
        addIssue({
          code: 'custom',
          path: [field],
          message: 'Is needed. Without keys send "kind": "paper": an account with play money is opened',
        });
  })
  .meta({ id: 'NewApiKeys' });

/** Other keys of the same account. */
export const changedKeys = z.object(keys).meta({ id: 'ChangedApiKeys' });

export const keysPath = z.object({
  exchange: queryText.meta({ description: 'The exchange they are for', example: 'Binance' }),
});

const warning = z.strictObject({ code: z.enum(['no_ip_binding', 'no_trading']), message: z.string() });

/** What is ever shown of keys. */
export const storedKeys = z
  .strictObject({
    exchange: z.string(),
    kind,
    api_key_last4: z.string().meta({ example: '9f3c' }),
    warnings: z.array(warning),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'ApiKeys' });

export const balanceQuery = z.object({
  exchange: queryText.optional().meta({ description: 'Not given: the first you stored keys for' }),
});

export const balance = z
  .strictObject({
    exchange: z.string(),
    currency: z.literal('USDT'),
    ...{ total: z.number(), free: z.number(), used: z.number() },
  })
  .meta({ id: 'Balance' });

const MOST = { max_leverage: 125, max_positions: 50 } as const;

const wholeUpTo = (most: number) =>
  exactNumber.meta({ override: { type: 'integer', minimum: 1, maximum: most } });

/** What is left out stays as it is. */
export const riskChange = z
  .object({
    max_leverage: wholeUpTo(MOST.max_leverage).optional(),
    max_positions: wholeUpTo(MOST.max_positions).optional(),
  })
  .superRefine((change, { addIssue }) => {
    for (const field of ['max_leverage', 'max_positions'] as const) {
      const value = change[field];
      if (value === undefined || (value.isInteger() && value.gte(1) && value.lte(MOST[field]))) continue;
      const message = `Must be a whole number from 1 to ${MOST[field]}`;
      addIssue({ code: 'custom', path: [field], message });
    }
  })
  .meta({ id: 'RiskSettingsChange' });

export const riskSettings = z
  .strictObject({
    max_leverage: z.int().min(1).max(MOST.max_leverage).meta({ example: 10 }),
    max_positions: z.int().min(1).max(MOST.max_positions).meta({ example: 5 }),
  })
  .meta({ id: 'RiskSettings' });
