import type { ApiSettings } from '../settings.ts';

/** What is counted, and by what key. */
export type BudgetName =
  /** The scalper contract: every request, by address. */
  | 'minute'
  | 'hour'
  /** The others: requests of a user, by its id; requests without a user, by address. */
  | 'user'
  | 'address'
  /** Tries to sign in or up, by address; orders, by user. */
  | 'sign-in'
  | 'orders';

/** So many requests with one key in a window that begins with the first of them. */
export interface Budget {
  name: BudgetName;
  points: number;
  seconds: number;
  /** While nobody can count: refused (a guesser must not gain by an outage), or counted by each process alone. */
  isStrict: boolean;
}

/** Budgets that are not set do not limit. */
export function budgetsOf({
  rateLimit,
  callerLimits,
}: Pick<ApiSettings, 'rateLimit' | 'callerLimits'>): Budget[] {
  const minutely = (name: BudgetName, points: number, isStrict = false) => ({
    ...{ name, points, seconds: 60, isStrict },
  });
  return [
    ...(rateLimit
      ? [minutely('minute', rateLimit.perMinute), { ...minutely('hour', rateLimit.perHour), seconds: 3_600 }]
      : []),
    ...(callerLimits
      ? [
          minutely('user', callerLimits.user),
          minutely('address', callerLimits.address),
          minutely('sign-in', callerLimits.signIn, true),
          minutely('orders', callerLimits.orders),
        ]
      : []),
  ];
}
