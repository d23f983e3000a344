import test from 'ava';
import fc from 'fast-check';
import { NO_FEES, type FundFees } from '../../bots/fund/fees.ts';
import { Decimal } from '../../bots/money.ts';
import { readPortfolio, readStatement } from './holders.ts';
import { FEE_FUND_START, openFeeFund } from './testing/fee-fund.ts';

const FEES: FundFees = { managementPercent: '2', performancePercent: '20' };
const FOR_TIME: FundFees = { ...NO_FEES, managementPercent: '2' };
const FOR_GAINS: FundFees = { ...NO_FEES, performancePercent: '20' };

test('without fees nothing is charged, and nothing for that time once there are some', async (t) => {
  const fund = await openFeeFund(t);
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
  const fund = await openFeeFund(t);
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
  const fund = await openFeeFund(t);
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
  const fund = await openFeeFund(t);
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

test('what goes leaves the oldest lots, and what comes back is a lot of the price it came back at', async (t) => {
  const fund = await openFeeFund(t);
  await fund.charge(FOR_GAINS, 0);
  const holder = await fund.join('100');
  await fund.gain('100');
  await fund.charge(FOR_GAINS, 1);
  t.is(await fund.unitsOf(holder), '90');
  await fund.gain('100');
  await fund.join('270', '3', holder);
  const redeemed = await fund.lock(holder, '90');
  await fund.redeem(redeemed, holder, { units: '90', locked: '90' });
  await fund.charge(FOR_GAINS, 2);
  // Those with a mark of 2 have gone.
  t.is(await fund.unitsOf(holder), '90');
  await fund.gain('300');
  const failed = await fund.lock(holder, '45');
  await fund.redeem(failed, holder, { units: '45', locked: '45' });
  await fund.takeBackRedemption(failed, holder, '45');
  await fund.charge(FOR_GAINS, 3);
  // From 3 to 6, a fifth of what the 45 gained that had stayed.
  t.is(await fund.unitsOf(holder), '85.5');
  await fund.check();
});

test('who has no free units owes it until the next time', async (t) => {
  const fund = await openFeeFund(t);
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
  const fund = await openFeeFund(t);
  await fund.charge(FOR_GAINS, 0);
  const holder = await fund.join('1000');
  await fund.gain('1000');
  await fund.charge(FOR_GAINS, 1);
  t.like(await readPortfolio(fund.knex, holder), {
    ...{ units: '900', feeUnits: '100', navPerUnit: '2', deposited: '1000', withdrawn: '0' },
  });
  const { rows } = await readStatement(fund.knex, {
    ...{ userId: holder, currency: 'USDC', from: FEE_FUND_START + 86_400_000, to: null },
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
  const fund = await openFeeFund(t);
  const holders = [await fund.join('1000'), await fund.join('500')];
  await fund.gain('1000');
  let terms = FEES;
  for (const { what, pick, size, fees } of fc.sample(step, { numRuns: 100, seed })) {
    fund.day += (pick % 3) / 2;
    const holder = holders[pick % holders.length]!;
    const units = new Decimal(await fund.unitsOf(holder)).mul(size).div(1_000).toFixed(8, Decimal.ROUND_DOWN);
    if (what === 'join') await fund.join(String(size), fund.price, holder);
    if (what === 'gain') await fund.gain(String(size - 45.5));
    if (what === 'redeem' || what === 'fail') {
      const id = await fund.lock(holder, units);
      await fund.redeem(id, holder, { units, locked: units });
      if (what === 'fail') await fund.takeBackRedemption(id, holder, units);
    }
    if (what === 'takeBack') await fund.takeBackDeposit(holder, units);
    if (pick % 8 === 0) terms = fees;
    await fund.charge(terms, fund.day);
    await fund.check();
  }
  t.true((await fund.knex('transactions').where({ type: 'fee' })).length > 10);
});
