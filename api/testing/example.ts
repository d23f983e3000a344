import type { z } from 'zod';
import type { bot } from '../contracts/scalper/bot-schemas.ts';
import { NEW_SCALPER as EXAMPLE } from '../contracts/scalper/examples.ts';
import type { Call, TestAnswer } from './start-api.ts';

export type BotBody = z.output<typeof bot>;

export { EXAMPLE };

/** The example with other values; undefined leaves a field out. */
export function post<T = BotBody>(call: Call, changes: Record<string, unknown> = {}): Promise<TestAnswer<T>> {
  return call<T>('POST', '/api/v1/bots/', { ...EXAMPLE, ...changes });
}

export interface InvalidBody {
  detail: string;
  errors: { field: string; message: string }[];
}

export interface MalformedBody {
  detail: { loc: (string | number)[]; msg: string; type: string }[];
}
