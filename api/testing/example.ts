import type { z } from 'zod';
import type { bot } from '../contracts/scalper/bot-schemas.ts';
import type { Call, TestAnswer } from './start-api.ts';

export type BotBody = z.output<typeof bot>;

/** The body the contract shows for a new bot. */
export const EXAMPLE = {
  ticker: 'BTC/USDT',
  exchange: 'Binance',
  first_order: 'BUY',
  quantity: 0.01,
  buy_price: 45000.5,
  sell_price: 46000,
  trailing_percent: 1.5,
  infinite_loop: true,
};

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
