import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { NO_FEES, type FundFees } from '../../bots/fund/fees.ts';
import {
  depositReceived,
  depositReversed,
  mainObserved,
  redemptionFixed,
  redemptionReversed,
  unitsAllotted,
  unitsLocked,
} from '../../bots/fund/postings.ts';
import { unitsFor, unitsToReturn } from '../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { User } from '../models/user.ts';
import { checkLedger } from './check-ledger.ts';
import { readLots } from './fee-lots.ts';
import { chargeFees } from './fees.ts';
import { readPortfolio, readStatement } from './holders.ts';
import { readBooks } from './holdings.ts';
import { recordValuation } from './nav-history.ts';
import { postEntry, type Told } from './post-entry.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-01-07T00:00:00Z');
const FEES: FundFees = { managementPercent: '2', performancePercent: '20' };
const FOR_TIME: FundFees = { ...NO_FEES, managementPercent: '2' };
const FOR_GAINS: FundFees = { ...NO_FEES, performancePercent: '20' };

test('without fees nothing is charged, and nothing for that time once there are some', async (t) => {
  const fund = await openFund(t);
  const holder = await fund.join('1000');
  await fund.gain('1000');
  for (const day of [1, 2, 400]) await fund.charge(NO_FEES, day);
  t.is((await fund.knex('fee_terms')).length, 0);
  await fund.charge(FEES, 500);
  await fund.charge(FEES, 500.5);
  t.is(await fund.unitsOf(holder), '1000');
  t.deepEqual(await fund.knex('transactions').where({ type: 'fee' }), []);
  await fund.charge(FEES, 501);
  // A day of 2 % a year: the gain was there before there was a fee for it.
  t.is(await fund.unitsOf(holder), '999.94520548');
  await fund.charge(NO_FEES, 502);
  await fund.charge(FOR_TIME, 600);
  await fund.charge(FOR_TIME, 601);
  t.is(await fund.unitsOf(holder), '999.89041397');
  await fund.check();
});

test('a year of fees for time is their percent, whether it is charged often or once', async (t) => {
  const fund = await openFund(t);
  await fund.charge(FOR_TIME, 0);
  const holder = await fund.join('1000');
  await fund.charge(FOR_TIME, 365, { elapsedMs: 5 });
  t.is(await fund.unitsOf(holder), '980');
  for (let day = 370; day <= 730; day += 5) await fund.charge(FOR_TIME, day);
  // Each on what those before had left.
  const left = new Decimal(1).sub(new Decimal('0.02').div(73)).pow(73).mul(980);
  t.true(
    left
      .sub(await fund.unitsOf(holder))
      .abs()
      .lt('0.00001'),
  );
  await fund.check();
});

test('gains are charged once, above each lot’s mark: not to who came late, not twice after a fall', async (t) => {
  const fund = await openFund(t);
  await fund.charge(FOR_GAINS, 0);
  const early = await fund.join('1000');
  await fund.charge(FOR_GAINS, 1);
  t.is(await fund.unitsOf(early), '1000');
  await fund.gain('1000');
  const late = await fund.join('1000', '2');
  await fund.charge(FOR_GAINS, 2);
  // A fifth of 1,000 gained, in units worth 2.
  t.deepEqual([await fund.unitsOf(early), await fund.unitsOf(late)], ['900', '500']);
  await fund.gain('-1500');
  await fund.charge(FOR_GAINS, 3);
  await fund.gain('1500');
  await fund.charge(FOR_GAINS, 4);
  t.deepEqual([await fund.unitsOf(early), await fund.unitsOf(late)], ['900', '500']);
  await fund.gain('1500');
  await fund.charge(FOR_GAINS, 5);
  // From 2 to 3: a fifth of 900 and of 500, in units worth 3.
  t.deepEqual([await fund.unitsOf(early), await fund.unitsOf(late)], ['840', '466.66666667']);
  await fund.check();
});

test('a day is charged once however often it is valued, by and by where holders are many', async (t) => {
  const fund = await openFund(t);
  await fund.charge(FOR_TIME, 0);
  const holders = [await fund.join('100'), await fund.join('100'), await fund.join('100')].toSorted();
  const charged = async () =>
    (await Promise.all(holders.map(fund.unitsOf))).filter((units) => units !== '100').length;
  const counts: number[] = [];
  for (const hour of [1, 2, 3, 4]) {
    await fund.charge(FOR_TIME, 10 + hour / 24, { atOnce: 2 });
    counts.push(await charged());
  }
  t.deepEqual(counts, [2, 3, 3, 3]);
  // A valuation whose clock is behind is of a day that is over.
  const before = await fund.unitsOf(holders[0]!);
  await fund.charge(FOR_TIME, 9, { atOnce: 2 });
  t.is(await fund.unitsOf(holders[0]!), before);
  // Who was not reached on a day is the first on the next.
  for (const day of [11, 12, 13]) await fund.charge(FOR_TIME, day, { atOnce: 2 });
  const days = await fund.knex('transactions').where({ type: 'fee' }).orderBy('id').pluck('external_id');
  const of = (at: number, day: string) => `2026-01-${day}/${holders[at]}`;
  t.deepEqual(days, [
    ...[of(0, '17'), of(1, '17'), of(2, '17'), of(0, '18'), of(1, '18')],
    ...[of(2, '19'), of(0, '20'), of(1, '20')],
  ]);
  await fund.check();
});

test('who has no free units owes it until the next time', async (t) => {
  const fund = await openFund(t);
  await fund.charge(FOR_TIME, 0);
  const holder = await fund.join('1000');
  const id = await fund.lock(holder, '1000');
  await fund.charge(FOR_TIME, 73);
  t.is(await fund.unitsOf(holder), '1000');
  await fund.redeem(id, holder, { units: '500', locked: '1000' });
  await fund.charge(FOR_TIME, 365, { elapsedMs: 5 });
  // A whole year of those that stayed; of those that went, none.
  t.is(await fund.unitsOf(holder), '490');
  await fund.check();
});

test('fees are in the portfolio, which is worth that much less, and in the statement', async (t) => {
  const fund = await openFund(t);
  await fund.charge(FOR_GAINS, 0);
  const holder = await fund.join('1000');
  await fund.gain('1000');
  await fund.charge(FOR_GAINS, 1);
  t.like(await readPortfolio(fund.knex, holder), {
    ...{ units: '900', feeUnits: '100', navPerUnit: '2', deposited: '1000', withdrawn: '0' },
  });
  const { rows } = await readStatement(fund.knex, {
    ...{ userId: holder, currency: 'USDC', from: START + DAY, to: null },
  });
  t.deepEqual(
    rows.map(({ kind, price, units, unitsBalance, reference }) => [
      ...[kind, price, units, unitsBalance, reference],
    ]),
    [['fee_charged', '2', '-100', '900', `2026-01-08/${holder}`]],
  );
});

test('P2: whatever is dealt in between, lots are the holders’ units and a fee leaves the price', async (t) => {
  const step = fc.record({
    what: fc.constantFrom('join', 'gain', 'redeem', 'fail', 'takeBack'),
    pick: fc.nat(),
    size: fc.integer({ min: 1, max: 99 }),
    fees: fc.constantFrom(FEES, FOR_TIME, FOR_GAINS, NO_FEES),
  });
  const seed = Date.now() % 2 ** 31;
  t.log(`seed ${seed}`);
  const fund = await openFund(t);
  const holders = [await fund.join('1000'), await fund.join('500')];
  await fund.gain('1000');
  let terms = FEES;
  for (const { what, pick, size, fees } of fc.sample(step, { numRuns: 100, seed })) {
    const holder = holders[pick % holders.length]!;
    const units = new Decimal(await fund.unitsOf(holder)).mul(size).div(1_000).toFixed(8, Decimal.ROUND_DOWN);
    if (what === 'join') await fund.join(String(size), fund.price, holder);
    if (what === 'gain') await fund.gain(String(size - 45));
    if (what === 'redeem' || what === 'fail') {
      const id = await fund.lock(holder, units);
      await fund.redeem(id, holder, { units, locked: units });
      if (what === 'fail') await fund.takeBackRedemption(id, holder, units);
    }
    if (what === 'takeBack') await fund.takeBackDeposit(holder, units);
    if (pick % 8 === 0) terms = fees;
    await fund.charge(terms, fund.day + (pick % 3) / 2);
    await fund.check();
  }
  t.true((await fund.knex('transactions').where({ type: 'fee' })).length > 10);
});

/** A fund whose time is told in days since its first one; what is dealt is dealt at the price of now. */
async function openFund(t: ExecutionContext) {
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
    return START + fund.day * DAY;
  }
}

function told(
  externalId: string,
  type: 'deposit' | 'withdrawal',
  of: Pick<Told, 'userId' | 'amount' | 'units' | 'navPerUnit'>,
): Told {
  return { ...of, type, asset: 'USDC', status: 'completed', externalId };
}
