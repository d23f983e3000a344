import type { Knex } from 'knex';
import { assess, type Assessment } from '../../bots/fund/policy.ts';
import { moneyFor, unitsToRedeem } from '../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { addressAddedAt } from '../../db/fund/withdrawal-addresses.ts';
import { readPortfolio } from '../../db/fund/holders.ts';
import { findTerms, type WithdrawalTerms } from '../../db/fund/networks.ts';
import { latestValuation } from '../../db/fund/nav-history.ts';
import { withdrawalHistory } from '../../db/fund/withdrawal-requests.ts';
import { securityChangedAt } from '../../db/security-changes.ts';
import { invalidInput, type FieldFault } from '../errors.ts';
import type { ApiSettings } from '../settings.ts';
import type { AskedDestination } from './withdrawal-destination.ts';

export interface AssessedWithdrawal extends Assessment {
  /** Of the newest valuation that something may be dealt at; the first price before any. */
  navPerUnit: Amount;
  /** To be locked for it. */
  units: Amount;
}

/**
 * What the policy says of a withdrawal, and what it would take. Throws `invalid_input` where the exchange would not pay so much on
 * that network, as far as it has said, and where the holder has not so many free units: whoever locks them asks the database once
 * more.
 */
export async function assessWithdrawal(
  knex: Knex,
  { userId, amount, ...place }: AskedDestination & { userId: string; amount: Amount },
  { at, fund }: { at: number; fund: ApiSettings['fund'] },
): Promise<AssessedWithdrawal> {
  // One after the other: in a transaction they share its connection.
  const terms = await findTerms(knex, { asset: fund.currency, network: place.network });
  const fault = terms && faultOf(amount, terms);
  if (fault) throw invalidInput([fault]);
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

/** What the exchange would refuse, and more than the network takes for itself. */
function faultOf(amount: Amount, terms: WithdrawalTerms): FieldFault | null {
  const { asset, network, withdraw_enabled: isOpen, withdraw_decimals: decimals } = terms;
  const [fee, least] = [new Decimal(terms.withdraw_fee), new Decimal(terms.withdraw_min)];
  const value = new Decimal(amount);
  if (!isOpen)
    return { field: 'network', message: `The exchange sends no ${asset} over ${network} right now` };
  const above = value.lte(fee) ? `more than ${fee.toFixed()} ${asset}, the fee of ${network}` : null;
  const atLeast = value.lt(least) ? `at least ${least.toFixed()} ${asset} on ${network}` : null;
  const fewer = value.decimalPlaces() > decimals ? `of at most ${decimals} decimals on ${network}` : null;
  const rule = atLeast ?? above ?? fewer;
  return rule === null ? null : { field: 'amount', message: `Must be ${rule}` };
}

/** `most` null where it is not known any more: others were faster. */
export function tooMuch(most: Amount | null, currency: string): Error {
  const message =
    most === null
      ? 'Is more than your free units are worth'
      : `Is more than your free units are worth: ${most} ${currency}`;
  return invalidInput([{ field: 'amount', message }]);
}
