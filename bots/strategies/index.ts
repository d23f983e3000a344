import type { Strategy } from '../strategy.ts';
import { pingPong } from './ping-pong/ping-pong.ts';
import { rsiReversal } from './rsi-reversal.ts';

/** Every strategy there is: a new one is its file, its test and its line here. */
export const STRATEGIES: readonly Strategy[] = [pingPong, rsiReversal];

/** The strategy of that name, or null where there is none. */
export function strategyNamed(name: string): Strategy | null {
  return STRATEGIES.find((strategy) => strategy.name === name) ?? null;
}
