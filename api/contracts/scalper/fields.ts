import { z } from 'zod';
import { Decimal } from '../../../bots/money.ts';
import { isStorable } from '../../json.ts';

/** A JSON number of a request, exact. A text that holds a number is none. */
export const exactNumber = z.custom<Decimal>((value) => value instanceof Decimal, {
  error: 'value is not a valid float',
  params: { type: 'type_error.float' },
});

/** The documented form of an exact number. */
export const asNumber = { type: 'number' } as const;

/** How many there are. */
export const count = z.int().min(0);

/** A whole number of a query. */
function wholeNumber({ least, most, otherwise }: { least: number; most: number; otherwise: number }) {
  const error = `value is not a valid integer from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, error)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error, params: { type: 'type_error.integer' } })
    .default(otherwise)
    .meta({
      override: { type: 'integer', pattern: undefined, minimum: least, maximum: most, default: otherwise },
    });
}

/** Part of a list: newest first, `skip` left out, at most `limit`, which may be `most`. */
export function skipAndLimit(most: number) {
  return {
    skip: wholeNumber({ least: 0, most: 999_999_999, otherwise: 0 }).meta({
      description: 'How many to leave out',
    }),
    limit: wholeNumber({ least: 1, most, otherwise: 100 }).meta({
      description: 'How many to answer at most',
    }),
  };
}

/** Part of every list of this contract. */
export const page = skipAndLimit(1_000);

/** A text of a query, such as a ticker. */
export const queryText = z
  .string()
  .max(40)
  .refine(isStorable, {
    error: 'value must not hold NUL or broken Unicode',
    params: { type: 'type_error.str' },
  });

/** In the documentation. */
export const BOT_ID = '550e8400-e29b-41d4-a716-446655440000';

export const uuid = z.guid('value is not a valid uuid');

export const botPath = z.object({
  bot_id: uuid.meta({ description: 'The bot', example: BOT_ID }),
});

/** ISO 8601, UTC, with `Z`. */
export const timestamp = z.iso.datetime().meta({ example: '2024-01-01T10:00:00.000Z' });

/** Length as the database counts it: characters, not UTF-16 units. */
export function textUpTo(most: number) {
  return z
    .string()
    .refine(
      (text) => text.length > 0 && Array.from(text).length <= most,
      `Must be between 1 and ${most} characters`,
    )
    .meta({ minLength: 1, maxLength: most });
}
