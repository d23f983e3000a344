import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { depositReceived, mainObserved, unitsAllotted, unitsLocked } from '../../bots/fund/postings.ts';
import { valuationOf, type Total, type Valuation } from '../../bots/fund/valuation.ts';
import { Decimal } from '../../bots/money.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { User } from '../models/user.ts';
import { checkLedger } from './check-ledger.ts';
import { readPortfolio, readStatement } from './holders.ts';
import { ledgerTotals } from './ledger-balances.ts';
import { latestValuation, recordValuation, valueFund } from './nav-history.ts';
import { KeyReused, postEntry, UnitsOverdrawn, type NewEntry, type Told } from './post-entry.ts';
import { carryOut, CHANGES_VALUE, freeOf, MOVES, type Move, type RandomFund } from './testing/random-fund.ts';

const OPERATIONS = 10_000;
const FUND = { currency: 'USDC', initialPrice: '1' };

test('P2: 10,000 random operations conserve money and units, and dealing never moves the price', async (t) => {
  t.timeout(170_000);
  const { knex } = await freshDatabase(t);
  const fund = await openedFund(knex);
  const seed = Date.now() % 2 ** 31;
  t.log(`seed ${seed}`);
  const done = new Map<string, number>();
  let before = await valued(t, fund, `seed ${seed}, opening`);
  let at = 0;
  for (const move of fc.sample(moves, { numRuns: 2 * OPERATIONS, seed })) {
    if (at === OPERATIONS) break;
    const told = `seed ${seed}, operation ${at}: ${JSON.stringify(move)}`;
    // What there is nothing to do with does not count.
    if (!(await carryOut(fund, move))) continue;
    at += 1;
    done.set(move.what, (done.get(move.what) ?? 0) + 1);
    const after = await valued(t, fund, told);
    if (!CHANGES_VALUE.has(move.what)) assertUnmoved(t, before, after, told);
    before = after;
    if (at % 25 === 0) await tryWhatIsRefused(t, fund, move, told);
    if (at % 40 === 0)
      await recordValuation(knex, {
        ...{ ...FUND, at: fund.now, marks: { ...fund.marks }, reason: 'sync', provisionalBecause: null },
      });
    if (at % 500 === 0) t.deepEqual(await checkLedger(knex), [], told);
  }
  t.is(at, OPERATIONS);
  t.deepEqual(await checkLedger(knex), []);
  t.log([...done].map(([what, times]) => `${what} ${times}`).join(', '));
  for (const what of Object.keys(MOVES)) t.true((done.get(what) ?? 0) > 20, what);
  await assertPastIsKept(t, knex);
  await assertStatementsAddUp(t, fund);
});

const moves: fc.Arbitrary<Move> = fc.record({
  what: fc.constantFrom(...(Object.keys(MOVES) as Move['what'][])),
  pick: fc.nat({ max: 10_000 }),
  share: fc.integer({ min: 1, max: 100 }),
  feeAsset: fc.constantFrom('BTC', 'USDC', 'BNB'),
});

/** Every asset sums to zero, nobody holds less than nothing, holders have what is outstanding, and that is worth the fund. */
async function valued(t: ExecutionContext, fund: RandomFund, told: string): Promise<Valuation> {
  const [totals, held] = await Promise.all([ledgerTotals(fund.knex), unitsHeld(fund.knex)]);
  const sums = new Map<string, Decimal>();
  for (const { asset, amount } of totals) sums.set(asset, (sums.get(asset) ?? new Decimal(0)).add(amount));
  const isWrong = [...sums.values()].some((sum) => !sum.isZero()) || totals.some(isNegative);
  if (isWrong) t.fail(`${told} left ${JSON.stringify(totals)}`);
  const valuation = valuationOf({ ...FUND, totals, marks: fund.marks });
  const feeUnits = totals.find(({ kind }) => kind === 'fee-units')?.amount ?? '0';
  if (!new Decimal(held).add(feeUnits).eq(valuation.units))
    t.fail(`${told}: ${held} held of ${valuation.units}`);
  const worth = new Decimal(valuation.units).mul(valuation.price);
  if (worth.sub(valuation.value).abs().gt('1e-9')) t.fail(`${told}: units are worth ${worth.toFixed()}`);
  fund.price = valuation.price;
  return valuation;
}

const NEVER_NEGATIVE: ReadonlySet<string> = new Set([
  ...['main', 'sub', 'transit', 'units', 'units-locked', 'units-reserved', 'fee-units'],
]);
const isNegative = ({ kind, amount }: Total) => NEVER_NEGATIVE.has(kind) && amount.startsWith('-');

async function unitsHeld(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: [{ held: string }] }>('SELECT sum(units) AS held FROM balances');
  return rows[0].held;
}

/** Units are rounded to the eighth decimal, once or twice in a step: more than that nobody gains or loses by it. */
function assertUnmoved(t: ExecutionContext, before: Valuation, after: Valuation, told: string): void {
  const units = new Decimal(after.units);
  const moved = new Decimal(after.price).sub(before.price).mul(units).abs();
  const most = new Decimal(after.price).mul('2e-8').add(units.mul('2e-18'));
  if (moved.gt(most)) t.fail(`${told} moved the price from ${before.price} to ${after.price}`);
}

/** Repeats, keys used twice and what nobody has leave everything as it is. */
async function tryWhatIsRefused(
  t: ExecutionContext,
  fund: RandomFund,
  { pick }: Move,
  told: string,
): Promise<void> {
  const { knex, posted, holders } = fund;
  const old = posted[pick % posted.length]!;
  const again = { ...old, at: fund.now };
  if ((await postEntry(knex, again)).posted) t.fail(`${told}: ${old.key} was posted twice`);
  const doubled = old.postings.map((posting) => ({
    ...posting,
    amount: new Decimal(posting.amount).mul(2).toFixed(),
  }));
  await t.throwsAsync(postEntry(knex, { ...again, postings: doubled }), { instanceOf: KeyReused }, told);
  const userId = holders[pick % holders.length]!;
  const units = freeOf(fund, userId).add('0.00000001').toFixed();
  const transaction: Told = {
    ...{ userId, type: 'withdrawal', asset: 'USDC', amount: '1', units, navPerUnit: null, status: 'pending' },
    externalId: randomUUID(),
  };
  const overdraft: NewEntry = {
    ...unitsLocked({ userId, units }),
    key: randomUUID(),
    at: fund.now,
    transaction,
  };
  await t.throwsAsync(postEntry(knex, overdraft), { instanceOf: UnitsOverdrawn }, told);
}

/** Every valuation is the same when it is made again from the ledger and the marks of then. */
async function assertPastIsKept(t: ExecutionContext, knex: Knex): Promise<void> {
  const rows = await knex('nav_history').orderBy('id');
  t.is(rows.length, OPERATIONS / 40);
  for (const { recorded_at, marks, nav_per_unit, total_units, total_value } of rows) {
    const again = await valueFund(knex, { ...FUND, at: recorded_at.getTime(), marks });
    const isSame = new Decimal(again.price).eq(nav_per_unit) && new Decimal(again.value).eq(total_value);
    if (!isSame || !new Decimal(again.units).eq(total_units))
      t.fail(`${recorded_at.toISOString()} is another`);
  }
  t.is((await latestValuation(knex, { isFinal: true }))?.id, rows.at(-1).id);
}

async function assertStatementsAddUp(t: ExecutionContext, { knex, holders, now }: RandomFund): Promise<void> {
  for (const userId of holders) {
    const half = Math.floor((START + now) / 2);
    const of = { userId, currency: 'USDC' };
    const first = await readStatement(knex, { ...of, from: START, to: half });
    const { opening, rows, closing } = await readStatement(knex, { ...of, from: half + 1, to: now });
    t.deepEqual(opening, first.closing);
    const sum = rows.reduce((units, row) => units.add(row.units), new Decimal(opening.units));
    t.is(closing.units, sum.toFixed());
    t.is(closing.units, (await readPortfolio(knex, userId)).units);
  }
}

const START = Date.UTC(2026, 0, 7);

/** Ten holders, one more who stays for ever, some BNB for fees. */
async function openedFund(knex: Knex): Promise<RandomFund> {
  const users = await User.query(knex)
    .insert(Array.from({ length: 11 }, () => ({ name: 'Holder' })))
    .returning('*');
  const [founder, ...holders] = users.map(({ id }) => id) as [string, ...string[]];
  const main = { USDC: new Decimal(0), BTC: new Decimal(0), BNB: new Decimal(20) };
  const fund: RandomFund = {
    ...{ knex, now: START, marks: { BTC: '50000', BNB: '400' }, price: '1', holders, free: new Map(), main },
    ...{
      credited: [],
      allotted: [],
      toSweep: [],
      sweeping: [],
      requested: [],
      approved: [],
      staging: [],
      staged: [],
      posted: [],
    },
  };
  const paid = { userId: founder, asset: 'USDC', amount: '5000' };
  const told = { ...paid, type: 'deposit', units: '5000', navPerUnit: '1', externalId: 'founder' } as const;
  const opening = [
    {
      ...depositReceived(paid),
      key: 'founder/received',
      transaction: { ...told, status: 'pending' } as const,
    },
    {
      ...unitsAllotted({ ...paid, units: '5000' }),
      key: 'founder/allotted',
      transaction: { ...told, status: 'completed' } as const,
    },
    { ...mainObserved({ asset: 'BNB', amount: '20' }), key: 'bnb' },
  ];
  for (const one of opening) {
    await postEntry(knex, { ...one, at: fund.now });
    fund.posted.push({ ...one, at: fund.now });
  }
  fund.toSweep.push({ ...paid, id: 'founder' });
  return fund;
}
