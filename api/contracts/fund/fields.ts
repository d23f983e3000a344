import { z } from 'zod';
import { isStorable } from '../../json.ts';

/** In every answer that is no refusal. */
export const success = true as const;

/** An answer of the contract: `{success: true, data}`. */
export function data<S extends z.ZodType>(schema: S) {
  return z.strictObject({ success: z.literal(true), data: schema });
}

/** Why somebody decides as they do. */
export const reason = z
  .string()
  .trim()
  .min(1, 'Must say why')
  .max(500)
  .refine(isStorable, 'Must be a readable text');

/** How many to answer at most, from 1 on; more than `most` are taken for `most`. */
export function atMost(most: number, otherwise: number) {
  return wholeNumber(1)
    .transform((value) => Math.min(value, most))
    .default(otherwise)
    .meta({
      description: `How many to answer at most; more than ${most} count as ${most}`,
      override: { type: 'integer', minimum: 1, default: otherwise },
    });
}

/** How many to leave out. */
export const leavingOut = wholeNumber(0)
  .transform((value) => Math.min(value, 1_000_000_000))
  .default(0)
  .meta({ description: 'How many to leave out', override: { type: 'integer', minimum: 0, default: 0 } });

function wholeNumber(least: number) {
  const error = `must be a whole number, ${least} or more`;
  return z
    .string()
    .regex(/^\d{1,30}$/, error)
    .transform(Number)
    .refine((value) => value >= least, { error, params: { type: 'type_error.integer' } });
}
