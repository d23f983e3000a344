import { z } from 'zod';
import { isAddressOrBlock } from '../../api/addresses.ts';
import { isLoopback } from '../../api/loopback.ts';

export const text = (standard: string, description: string) =>
  z.string().default(standard).meta({ description, standard });

/** `example` is shown in the template, commented out. */
export const optional = (description: string, example = '') =>
  z.string().optional().meta({ description, example });

/** Never shown, nowhere. */
export const secret = (description: string) => optional(description).meta({ description, secret: true });

/** Of what secrets go to: no network reads them on the way. */
export const address = (standard: string, description: string) =>
  secureAddress.default(standard).meta({ description, standard });

export const optionalAddress = (description: string, example: string) =>
  secureAddress.optional().meta({ description, example });

/** Never shown. */
export const optionalMatch = (form: RegExp, error: string, description: string) =>
  z.string().regex(form, error).optional().meta({ description, secret: true, example: '' });

/** As Telegram numbers chats: groups below 0. */
export const chatNumber = (description: string, example: string) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be the number of a chat, such as 123456789')
    .transform(Number)
    .optional()
    .meta({ description, example });

export const flag = (standard: boolean, description: string) =>
  z
    .stringbool({ error: 'must be True or False' })
    .default(standard)
    .meta({
      description,
      standard: standard ? 'True' : 'False',
    });

export const whole = (standard: number, description: string, [least, most] = [0, 1_000_000_000]) =>
  wholeNumber(least, most)
    .default(standard)
    .meta({ description, standard: String(standard) });

export const optionalWhole = (description: string, example: string, [least, most] = [1, 1_000_000_000]) =>
  wholeNumber(least, most).optional().meta({ description, example });

export const port = (standard: number, description: string) => whole(standard, description, [1, 65_535]);

export const amount = (standard: string, description: string) =>
  anAmount.default(standard).meta({ description, standard });

export const amountAboveZero = (standard: string, description: string) =>
  aboveZero.default(standard).meta({ description, standard });

export const optionalAmount = (description: string, example: string) =>
  aboveZero.optional().meta({ description, example });

/** Read by a schema; what is wrong with it is said by the name of its field. */
export const optionalJson = <T extends z.ZodType>(schema: T, description: string, example: string) =>
  z
    .string()
    .transform((text, context): z.output<T> => {
      const read = schema.safeParse(parsed(text));
      if (read.success) return read.data;
      for (const { path, message } of read.error.issues)
        context.addIssue({
          code: 'custom',
          message: `${['must be JSON as described:', ...path].join(' ')} ${message}`,
        });
      return z.NEVER;
    })
    .optional()
    .meta({ description, example });

export const choice = <const T extends readonly [string, ...string[]]>(
  values: T,
  standard: T[number],
  description: string,
) =>
  z
    .enum(values, { error: `must be one of ${values.join(', ')}` })
    .default(standard as never)
    .meta({ description: `${description} (${values.join(', ')})`, standard });

/** `["a","b"]` or `a,b`. */
export const list = (standard: string[], description: string) =>
  z
    .preprocess(readList, listOfTexts.default(standard))
    .meta({ description, standard: standard.length ? JSON.stringify(standard) : '' });

/** The same, of these alone. */
export const listAmong = (known: readonly string[], standard: string[], description: string) =>
  z
    .preprocess(readList, listOfTexts.nonempty().refine(isAmong(known), amongError(known)).default(standard))
    .meta({ description, standard: JSON.stringify(standard) });

const isAmong = (known: readonly string[]) => (texts: string[]) =>
  texts.every((text) => known.includes(text));
const amongError = (known: readonly string[]) => `must be some of ${known.join(', ')}`;

/** A list without a default: `undefined` where it is not set. */
export const optionalList = (description: string, example: string) =>
  z.preprocess(readList, listOfTexts.optional()).meta({ description, example });

/** Origins as browsers send them. Never `*`: it would be every page there is. */
export const origins = (description: string, example: string) =>
  listOf(isOrigin, 'must be origins such as https://app.example.com, with commas between them; never *').meta(
    {
      ...{ description, example },
    },
  );

/** Addresses and blocks of them, IPv4 and IPv6. */
export const addresses = (description: string, example: string) =>
  listOf(isAddressOrBlock, 'must be addresses or blocks such as 10.0.0.0/8, with commas between them').meta({
    ...{ description, example },
  });

const listOf = (isValid: (text: string) => boolean, error: string) =>
  z.preprocess(readList, listOfTexts.refine((texts) => texts.every(isValid), error).optional());

const isOrigin = (text: string) =>
  URL.canParse(text) && /^https?:[^*]+$/.test(text) && new URL(text).origin === text;

const listOfTexts = z.array(z.string(), {
  error: 'must be a JSON list of texts, or texts with commas between them',
});

const anAmount = z.string().regex(/^\d{1,12}(\.\d{1,8})?$/, 'must be an amount such as 0.001');

const aboveZero = anAmount.refine((text) => Number(text) > 0, 'must be above 0');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  if (!value.trim().startsWith('[')) return value.split(',').map((item) => item.trim());
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z
    .string({ error })
    .regex(/^\d{1,10}$/, error)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

const secureAddress = z
  .string()
  .refine(
    isSecureAddress,
    'must be an address such as https://example.com, or http://127.0.0.1:8000 on this machine',
  );

function isSecureAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return isSecure && !url.username && !url.password && !url.search && !url.hash;
}
