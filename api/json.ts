import { parse } from 'lossless-json';
import { Decimal } from '../bots/money.ts';
import { ApiError, invalidInput, malformedInput } from './errors.ts';

/** Deeper than any request of ours; far from what would exhaust a stack. */
const MAX_DEPTH = 20;
/** Keys that reach into a prototype where somebody copies an object carelessly. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** NUL and halves of surrogate pairs: PostgreSQL stores neither. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** How the numbers of a request were written. */
const WRITTEN = new WeakMap<Decimal, string>();

/**
 * Reads a request's JSON with every number an exact `Decimal`, as it was written. Throws `malformed_input` for what is
 * not JSON, is too deep or says a key twice, `invalid_input` for keys and texts that must not come in.
 */
export function readJson(text: string): unknown {
  const plain = notJsonUnless(() => JSON.parse(text) as unknown);
  refuseHostile(plain, 0);
  const parseNumber = (digits: string) => {
    const value = new Decimal(digits);
    WRITTEN.set(value, digits);
    return value;
  };
  return notJsonUnless(() => parse(text, null, { parseNumber, onDuplicateKey: refuseTwice }));
}

/** A number of a request digit for digit, with its exponent where it has one. */
export function asWritten(value: Decimal): string {
  return WRITTEN.get(value) ?? value.toFixed();
}

/** True where a text can be stored as it is. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/**
 * Free-form JSON as it is stored: numbers that a float keeps exactly become numbers, longer ones their digits as text.
 */
export function toPlain(value: unknown): unknown {
  if (value instanceof Decimal)
    return new Decimal(value.toNumber()).eq(value) ? value.toNumber() : value.toString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toPlain(inner)]));
}

function notJsonUnless(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw error instanceof ApiError ? error : notJson('the body is not valid JSON');
  }
}

function refuseTwice({ key }: { key: string }): never {
  throw notJson(`the body says '${key.slice(0, 40)}' twice`);
}

/** The fault of a body that cannot be read as JSON. */
export function notJson(msg: string): Error {
  return malformedInput([{ loc: ['body'], msg, type: 'value_error.jsondecode' }]);
}

function refuseHostile(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw notJson(`the body is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string' && !isStorable(value)) {
    throw invalidInput([{ field: 'body', message: 'Must not hold NUL or broken Unicode' }]);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key) || !isStorable(key)) {
      throw invalidInput([
        { field: key.slice(0, 40).replaceAll('\0', ''), message: 'This name is not allowed' },
      ]);
    }
    refuseHostile(inner, depth + 1);
  }
}
