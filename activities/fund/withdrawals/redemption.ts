import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { redemptionFixed, redemptionReversed } from '../../../bots/fund/postings.ts';
import { unitsToRedeem, unitsToReturn } from '../../../bots/fund/unit-price.ts';
import { ACCOUNT_CLASSES } from '../../../bots/fund/account-names.ts';
import { MissingMark, type Marks } from '../../../bots/fund/valuation.ts';
import type { Amount } from '../../../bots/money.ts';
import { ledgerTotals } from '../../../db/fund/ledger-balances.ts';
import { recordValuation } from '../../../db/fund/nav-history.ts';
import { DealingFrozen, postEntry, UnitsOverdrawn, type Told } from '../../../db/fund/post-entry.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import { NoPrice } from '../../../bots/fund/unit-price.ts';
import { refused, type WithdrawalDependencies } from './dependencies.ts';

/**
 * Prices of all that the fund holds, read before a transaction begins: nobody waits for an exchange in one. Null where
 * nothing may be dealt at them.
 */
export async function readFundMarks({
  knex,
  readMarks,
  settings,
}: WithdrawalDependencies): Promise<Marks | null> {
  const assets = (await ledgerTotals(knex))
    .filter(({ kind, asset }) => ACCOUNT_CLASSES[kind] !== 'units' && asset !== settings.currency)
    .filter(({ kind }) => ACCOUNT_CLASSES[kind] !== 'equity')
    .map(({ asset }) => asset);
  const { marks, isProvisional } = await readMarks([...new Set(assets)]);
  return isProvisional ? null : marks;
}

/**
 * Values the fund and gives up units for the request's money, in one transaction (fund-integration, Q16). Fails with
 * `CommandRefused` where dealing is frozen, a price is not to be had, or the holder's units do not suffice any more.
 */
export async function fixRedemption(
  tx: Knex,
  deps: WithdrawalDependencies,
  request: WithdrawalRequest,
  marks: Marks | null,
): Promise<{ units: Amount; navPerUnit: Amount }> {
  if (!marks) throw refused(NOT_NOW);
  const { id, user_id: userId, asset, amount, units: locked } = request;
  try {
    const navPerUnit = await priceOfNow(tx, deps, marks);
    const units = unitsToRedeem(amount, navPerUnit);
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/fixed`, at: deps.now(), refs: { withdrawal: id } },
      ...redemptionFixed({ userId, asset, amount, units, locked }),
      transaction: { ...told(request), units, navPerUnit, status: 'processing' },
    });
    return { units, navPerUnit };
  } catch (error) {
    throw explained(error);
  }
}

/**
 * Takes the redemption back: the holder has units for the money that stays, at the price of now, which leaves everybody
 * else's as they are. Fails, to be tried again, where there is no price.
 */
export async function reverseRedemption(
  tx: Knex,
  deps: WithdrawalDependencies,
  request: WithdrawalRequest,
  { marks, status }: { marks: Marks | null; status: Extract<Told['status'], 'cancelled' | 'failed'> },
): Promise<void> {
  if (!marks) throw ApplicationFailure.retryable(NOT_NOW, 'NoPrice');
  const { id, user_id: userId, asset, amount, units, nav_per_unit: fixedAt } = request;
  const price = await priceOfNow(tx, deps, marks);
  const returned = unitsToReturn({ units, fixedAt, price });
  await postEntry(tx, {
    ...{ key: `withdrawal/${id}/reversed`, at: deps.now(), refs: { withdrawal: id } },
    ...redemptionReversed({ userId, asset, amount, units, returned }),
    transaction: { ...told(request), status },
  });
}

/** The row of `transactions` that tells of a request. */
export function told({
  id,
  user_id,
  asset,
  amount,
}: WithdrawalRequest): Omit<Told, 'status'> & Pick<Told, 'units' | 'navPerUnit'> {
  return {
    userId: user_id,
    type: 'withdrawal',
    asset,
    amount,
    units: null,
    navPerUnit: null,
    externalId: id,
  };
}

async function priceOfNow(
  tx: Knex,
  { now, settings }: WithdrawalDependencies,
  marks: Marks,
): Promise<Amount> {
  const { currency, initialPrice } = settings;
  const valued = {
    at: now(),
    marks,
    currency,
    initialPrice,
    reason: 'withdrawal',
    provisionalBecause: null,
  } as const;
  return (await recordValuation(tx, valued)).nav_per_unit;
}

const NOT_NOW = 'The fund cannot be valued right now: a price is missing or stale. Try again in a minute.';

function explained(error: unknown): unknown {
  if (error instanceof UnitsOverdrawn)
    return refused(
      'The price has moved: the amount takes more units than its holder has by now. Reject the request; a smaller one can be made.',
    );
  if (error instanceof DealingFrozen)
    return refused(
      'Dealing is frozen: nothing is approved until what is wrong has been found and dealing is resumed.',
    );
  if (error instanceof MissingMark || error instanceof NoPrice) return refused(error.message);
  return error;
}
