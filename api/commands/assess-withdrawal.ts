import type { Knex } from 'knex';
import { assess, type Assessment } from '../../bots/fund/policy.ts';
import { moneyFor, unitsToRedeem } from '../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { addressAddedAt } from '../../db/fund/withdrawal-addresses.ts';
import { readPortfolio } from '../../db/fund/holders.ts';
import { latestValuation } from '../../db/fund/nav-history.ts';
import { withdrawalHistory } from '../../db/fund/withdrawal-requests.ts';
import { securityChangedAt } from '../../db/security-changes.ts';
import { invalidInput } from '../errors.ts';
import type { ApiSettings } from '../settings.ts';
import type { AskedDestination } from './withdrawal-destination.ts';

export interface AssessedWithdrawal extends Assessment {
  /** Of the newest valuation that something may be dealt at; the first price before any. */
  navPerUnit: Amount;
  /** To be locked for it. */
  units: Amount;
}

/**
 * What the policy says of a withdrawal, and what it would take. Throws `invalid_input` where the holder has not so many free
 * units: whoever locks them asks the database once more.
 */
export async function assessWithdrawal(
  knex: Knex,
  { userId, amount, ...place }: AskedDestination & { userId: string; amount: Amount },
  { at, fund }: { at: number; fund: ApiSettings['fund'] },
): Promise<AssessedWithdrawal> {
  // One after the other: in a transaction they share its connection.
  const valuation = await latestValuation(knex, { isFinal: true });
  const portfolio = await readPortfolio(knex, userId);
  const history = await withdrawalHistory(knex, userId, at);
  const addedAt = await addressAddedAt(knex, { userId, ...place });
  const changedAt = await securityChangedAt(knex, userId);
  const navPerUnit = new Decimal(valuation?.nav_per_unit ?? fund.initialPrice).toFixed();
  const units = unitsToRedeem(amount, navPerUnit);
  const free = new Decimal(portfolio.units).sub(portfolio.locked);
  if (free.lt(units)) throw tooMuch(moneyFor(free, navPerUnit, fund.decimals), fund.currency);
  const request = { amount, at, addressAddedAt: addedAt, securityChangedAt: changedAt };
  return { ...assess(fund.withdrawalPolicy, request, history), navPerUnit, units };
}

/** `most` null where it is not known any more: others were faster. */
export function tooMuch(most: Amount | null, currency: string): Error {
  const message =
    most === null
      ? 'Is more than your free units are worth'
      : `Is more than your free units are worth: ${most} ${currency}`;
  return invalidInput([{ field: 'amount', message }]);
}
