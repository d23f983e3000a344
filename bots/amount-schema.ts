import { z } from 'zod';
import { Decimal } from './money.ts';

/** A decimal string of at most 12 integer digits and 8 decimals: what NUMERIC(20,8) keeps without rounding. */
const amount = z
  .string()
  .regex(
    /^-?\d{1,12}(\.\d{1,8})?$/,
    'Must be a decimal number with at most 12 integer digits and 8 decimals',
  );

/** An amount or price above zero. */
export const positiveAmount = amount.refine((text) => isDecimal(text, (value) => value.gt(0)), {
  message: 'Must be greater than 0',
});

/** A percentage from `least` to 100 with at most 2 decimals, as a decimal string. */
export function percent({ least }: { least: '0' | '0.01' }): z.ZodString {
  return z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,2})?$/, 'Must be a percentage with at most 2 decimals')
    .refine((text) => isDecimal(text, (value) => value.gte(least) && value.lte(100)), {
      message: `Must be between ${least} and 100`,
    });
}

/** Checks run on malformed texts too: those have had their message already. */
function isDecimal(text: string, holds: (value: Decimal) => boolean): boolean {
  return !/^-?\d+(\.\d+)?$/.test(text) || holds(new Decimal(text));
}
