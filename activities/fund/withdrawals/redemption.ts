import type { Knex } from 'knex';
import { redemptionFixed, redemptionReversed } from '../../../bots/fund/postings.ts';
import { unitsToRedeem, unitsToReturn } from '../../../bots/fund/unit-price.ts';
import type { Amount } from '../../../bots/money.ts';
import type { NavRow } from '../../../db/fund/nav-history.ts';
import { takeOverRest } from '../../../db/fund/opening.ts';
import { postEntry, UnitsOverdrawn, type Told } from '../../../db/fund/post-entry.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import { dealAt, type FundPrices } from '../deal.ts';
import { refused, type WithdrawalDependencies } from './dependencies.ts';

/**
 * Values the fund and gives up units for the request's money, in one transaction (fund-integration, Q16). Throws `NotDealing`;
 * fails with `CommandRefused` where the holder's units do not suffice any more.
 */
export async function fixRedemption(
  tx: Knex,
  deps: WithdrawalDependencies,
  request: WithdrawalRequest,
  prices: FundPrices,
): Promise<{ units: Amount; navPerUnit: Amount }> {
  const { id, user_id: userId, asset, amount, units: locked } = request;
  return dealNow(tx, deps, prices, async ({ nav_per_unit: navPerUnit }) => {
    const units = unitsToRedeem(amount, navPerUnit);
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/fixed`, at: deps.now(), refs: { withdrawal: id } },
      ...redemptionFixed({ userId, asset, amount, units, locked }),
      transaction: { ...told(request), units, navPerUnit, status: 'processing' },
    }).catch(explain);
    return { units, navPerUnit };
  });
}

/**
 * Takes the redemption back: the holder has units for the money that stays, at the price of now, which leaves everybody
 * else's as they are. Throws `NotDealing`.
 */
export async function reverseRedemption(
  tx: Knex,
  deps: WithdrawalDependencies,
  request: WithdrawalRequest,
  { prices, status }: { prices: FundPrices; status: Extract<Told['status'], 'cancelled' | 'failed'> },
): Promise<void> {
  const { id, user_id: userId, asset, amount, units, nav_per_unit: fixedAt } = request;
  await dealNow(tx, deps, prices, async (nav) => {
    const returned = unitsToReturn({ units, fixedAt, price: nav.nav_per_unit });
    await postEntry(tx, {
      ...{ key: `withdrawal/${id}/reversed`, at: deps.now(), refs: { withdrawal: id } },
      ...redemptionReversed({ userId, asset, amount, units, returned }),
      transaction: { ...told(request), status },
    });
    await takeOverRest(tx, nav, deps.settings.currency);
  });
}

/** Nothing is dealt right now: the fund has no final price, or is frozen. Nothing was written. */
class NotDealing extends Error {
  override readonly name = 'NotDealing';
}

/** For people who wait for an answer: they can try again themselves. */
export function refuseWhereHeld(error: unknown): never {
  throw error instanceof NotDealing ? refused(error.message) : error;
}

async function dealNow<T>(
  tx: Knex,
  { settings, now }: WithdrawalDependencies,
  prices: FundPrices,
  deal: (nav: NavRow) => Promise<T>,
): Promise<T> {
  let dealt: { result: T } | null = null;
  const terms = { ...settings, now, reason: 'withdrawal' } as const;
  const { heldBecause } = await dealAt(tx, prices, terms, async (nav) => {
    dealt = { result: await deal(nav) };
  });
  // What is thrown undoes the valuation as well.
  if (dealt === null)
    throw new NotDealing(`${heldBecause}. Nothing is dealt meanwhile: try again once that is mended.`);
  return (dealt as { result: T }).result;
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

function explain(error: unknown): never {
  if (error instanceof UnitsOverdrawn)
    throw refused(
      'The price has moved: the amount takes more units than its holder has by now. Reject the request; a smaller one can be made.',
    );
  throw error;
}
