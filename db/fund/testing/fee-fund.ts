import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { FundFees } from '../../../bots/fund/fees.ts';
import {
  depositReceived,
  depositReversed,
  mainObserved,
  redemptionFixed,
  redemptionReversed,
  unitsAllotted,
  unitsLocked,
} from '../../../bots/fund/postings.ts';
import { unitsFor, unitsToReturn } from '../../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../../bots/money.ts';
import { freshDatabase } from '../../../runtime/testing/database.ts';
import { User } from '../../models/user.ts';
import { checkLedger } from '../check-ledger.ts';
import { readLots } from '../fee-lots.ts';
import { chargeFees } from '../fees.ts';
import { readPortfolio } from '../holders.ts';
import { readBooks } from '../holdings.ts';
import { recordValuation } from '../nav-history.ts';
import { postEntry, type Told } from '../post-entry.ts';

const DAY = 86_400_000;
/** The first of a fee fund's days, epoch ms. */
export const FEE_FUND_START = Date.parse('2026-01-07T00:00:00Z');

/** A fund whose time is told in days since its first one; what is dealt is dealt at the price of now. */
export async function openFeeFund(t: ExecutionContext) {
  const { knex } = await freshDatabase(t);
  const fund = {
    ...{ knex, day: 0, price: '1' as Amount, charge, join, gain, lock, redeem },
    ...{ takeBackRedemption, takeBackDeposit, unitsOf, check },
  };
  return fund;

  /** A valuation of that day, and what it charges. `elapsedMs` moves it. */
  async function charge(fees: FundFees, day: number, { elapsedMs = 0, atOnce = 250 } = {}): Promise<void> {
    fund.day = day;
    const before = await valued(elapsedMs);
    await knex.transaction(async (tx) => chargeFees(tx, fees, before, { atOnce }));
    const after = await valued(elapsedMs);
    t.is(after.nav_per_unit, before.nav_per_unit);
    t.is(after.total_units, before.total_units);
  }

  async function valued(elapsedMs = 0) {
    const nav = await recordValuation(knex, {
      ...{ at: now() + elapsedMs, marks: {}, currency: 'USDC', initialPrice: '1' },
      ...{ reason: 'sync', provisionalBecause: null },
    });
    fund.price = new Decimal(nav.nav_per_unit).toFixed();
    return nav;
  }

  async function join(amount: Amount, price: Amount = '1', user?: string): Promise<string> {
    const userId = user ?? (await User.query(knex).insert({ name: 'Holder' }).returning('*')).id;
    const of = { userId, asset: 'USDC', amount };
    const id = randomUUID();
    const units = unitsFor(amount, price);
    await postEntry(knex, { ...depositReceived(of), key: `${id}/received`, at: now() });
    const transaction = told(id, 'deposit', { ...of, units, navPerUnit: price });
    await postEntry(knex, {
      ...unitsAllotted({ ...of, units }),
      ...{ key: `${id}/allotted`, at: now(), transaction },
    });
    return userId;
  }

  async function gain(amount: Amount): Promise<void> {
    await postEntry(knex, { ...mainObserved({ asset: 'USDC', amount }), key: randomUUID(), at: now() });
    await valued();
  }

  async function lock(userId: string, units: Amount): Promise<string> {
    const id = randomUUID();
    await postEntry(knex, {
      ...{ ...unitsLocked({ userId, units }), key: `${id}/locked`, at: now() },
      transaction: told(id, 'withdrawal', { userId, amount: '1', units, navPerUnit: null }),
    });
    return id;
  }

  async function redeem(
    id: string,
    userId: string,
    { units, locked }: { units: Amount; locked: Amount },
  ): Promise<void> {
    const of = { userId, asset: 'USDC', amount: new Decimal(units).mul(fund.price).toFixed(6) };
    await postEntry(knex, {
      ...{ ...redemptionFixed({ ...of, units, locked }), key: `${id}/fixed`, at: now() },
      transaction: told(id, 'withdrawal', { ...of, units, navPerUnit: fund.price }),
    });
  }

  async function takeBackRedemption(id: string, userId: string, units: Amount): Promise<void> {
    const of = { userId, asset: 'USDC', amount: new Decimal(units).mul(fund.price).toFixed(6) };
    const returned = unitsToReturn({ units, fixedAt: fund.price, price: fund.price });
    await postEntry(knex, {
      ...{ ...redemptionReversed({ ...of, units, returned }), key: `${id}/reversed`, at: now() },
      transaction: told(id, 'withdrawal', { ...of, units: null, navPerUnit: null }),
    });
  }

  async function takeBackDeposit(userId: string, units: Amount): Promise<void> {
    const of = { userId, asset: 'USDC', amount: '0.01' };
    const id = randomUUID();
    const allotted = { takenBack: units, borne: '0' };
    await postEntry(knex, {
      ...depositReversed({ ...of, ofSub: '0', allotted }),
      ...{ key: `${id}/reversed`, at: now() },
      transaction: told(id, 'deposit', { ...of, units: null, navPerUnit: null }),
    });
  }

  async function unitsOf(userId: string): Promise<Amount> {
    return (await readPortfolio(knex, userId)).units;
  }

  /** The ledger agrees with itself, units with what is outstanding, and lots with units. */
  async function check(): Promise<void> {
    t.deepEqual(await checkLedger(knex), []);
    const { units } = await readBooks(knex);
    t.is(units.held, units.outstanding);
    const nobody = '00000000-0000-0000-0000-000000000000';
    for (const { userId, lots } of await readLots(knex, { after: nobody, limit: 1_000 }))
      t.is(lots.reduce((sum, lot) => sum.add(lot.units), new Decimal(0)).toFixed(), await unitsOf(userId));
  }

  function now(): number {
    return FEE_FUND_START + fund.day * DAY;
  }
}

function told(
  externalId: string,
  type: 'deposit' | 'withdrawal',
  of: Pick<Told, 'userId' | 'amount' | 'units' | 'navPerUnit'>,
): Told {
  return { ...of, type, asset: 'USDC', status: 'completed', externalId };
}
