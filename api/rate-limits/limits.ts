import { unavailable } from '../errors.ts';
import { budgetsOf, type BudgetName } from './budgets.ts';
import { createShares, type Reading } from './shares.ts';
import { memoryStore, type Store } from './stores.ts';
import type { ApiSettings } from '../settings.ts';

/** The budgets of an installation. */
export interface Limits {
  /**
   * Uses one point of a budget with that key; null where there is no such budget. Throws `unavailable` for a strict budget
   * that nobody can count at the moment.
   */
  use(name: BudgetName, key: string): Promise<Reading | null>;
}

export function createLimits(
  settings: Pick<ApiSettings, 'rateLimit' | 'callerLimits'>,
  store: Store = memoryStore,
): Limits {
  const budgets = new Map(
    budgetsOf(settings).map((budget) => [budget.name, createShares(budget, store(budget))]),
  );
  return {
    async use(name, key) {
      try {
        return (await budgets.get(name)?.(key)) ?? null;
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}
