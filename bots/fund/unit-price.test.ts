import test from 'ava';
import fc from 'fast-check';
import { Decimal } from '../money.ts';
import { moneyFor, NoPrice, unitPrice, unitsFor, unitsToRedeem, unitsToReturn } from './unit-price.ts';
import { MissingMark, valuationOf, type Total } from './valuation.ts';

const steps = (decimals: number, most: bigint) =>
  fc
    .bigInt({ min: 1n, max: most })
    .map((count) => new Decimal(count.toString()).div(`1e${decimals}`).toFixed());
const amount = steps(6, 10n ** 15n);
/** From a hundred-thousandth of a unit's initial price to a hundred thousand times it. */
const price = fc
  .record({ units: steps(8, 10n ** 20n), average: steps(5, 10n ** 10n), cents: steps(8, 10n ** 10n) })
  .map(({ units, average, cents }) => {
    const value = new Decimal(units).mul(average).add(cents).toFixed();
    return { value, units, price: unitPrice({ value, units, initial: '1' }) };
  });
/** What a price is off by at most through one rounding of units, in money. */
const dust = (at: string) => new Decimal('1e-8').mul(at).add('1e-8');

test('fund-integration 29: the first units are given at the initial price, later ones at the value of one', (t) => {
  t.is(unitPrice({ value: '0', units: '0', initial: '1' }), '1');
  t.is(unitPrice({ value: '11300.20', units: '10000', initial: '1' }), '1.13002');
  t.is(unitsFor('1000', '1.13002'), '884.94008955');
  t.is(moneyFor('884.94008955', '1.13002', 6), '999.999999');
  t.is(unitsToRedeem('1000', '1.13002'), '884.94008956');
});

test('a fund that is worth nothing while units are outstanding has no price', (t) => {
  for (const value of ['0', '-1', '-0.00000001'])
    t.throws(() => unitPrice({ value, units: '10', initial: '1' }), { instanceOf: NoPrice });
  t.throws(() => unitPrice({ value: '1', units: '-1', initial: '1' }), { instanceOf: NoPrice });
});

test('without units the price is the initial one, unless who comes next would pay for what is missing', (t) => {
  for (const value of ['0.00000001', '310', '-0.00000001'])
    t.is(unitPrice({ value, units: '0', initial: '1' }), '1', value);
  for (const [value, initial] of [
    ['-0.000000011', '1'],
    ['-300', '100'],
  ] as const)
    t.throws(() => unitPrice({ value, units: '0', initial }), { instanceOf: NoPrice });
});

test('P2: a deposit never lowers the price of those who are there, and raises it by no more than a rounding', (t) => {
  const holds = fc.property(price, amount, ({ value, units, price: before }, paid) => {
    const given = unitsFor(paid, before);
    const total = new Decimal(units).add(given);
    const gain = new Decimal(value).add(paid).sub(total.mul(before));
    return gain.gte(total.mul('-1e-18')) && gain.lte(dust(before).add(total.mul('1e-18')));
  });
  t.notThrows(() => fc.assert(holds));
});

test('P2: a redemption takes no more from the others than a rounding, and gives nobody more than their units', (t) => {
  const holds = fc.property(price, amount, ({ price: at }, asked) => {
    const given = unitsToRedeem(asked, at);
    const over = new Decimal(given).mul(at).sub(asked);
    return over.gte('-1e-30') && over.lt(dust(at)) && new Decimal(moneyFor(given, at, 6)).gte(asked);
  });
  t.notThrows(() => fc.assert(holds));
});

test('P2: in and out again at one price makes no money', (t) => {
  const holds = fc.property(price, amount, ({ price: at }, paid) =>
    new Decimal(moneyFor(unitsFor(paid, at), at, 6)).lte(paid),
  );
  t.notThrows(() => fc.assert(holds));
});

test('fund-integration 42: a redemption that came to nothing gives back the same units at the same price, its money’s worth at another', (t) => {
  const same = fc.property(price, amount, ({ price: at }, units) =>
    new Decimal(unitsToReturn({ units, fixedAt: at, price: at })).eq(units),
  );
  t.notThrows(() => fc.assert(same));
  t.is(unitsToReturn({ units: '100', fixedAt: '1', price: '1.25' }), '80');
  t.is(unitsToReturn({ units: '100', fixedAt: '1', price: '3' }), '33.33333333');
});

const TOTALS: Total[] = [
  { kind: 'main', asset: 'USDC', amount: '900' },
  { kind: 'main', asset: 'BTC', amount: '0.01' },
  { kind: 'sub', asset: 'USDC', amount: '60' },
  { kind: 'sub', asset: 'DOGE', amount: '5' },
  { kind: 'transit', asset: 'USDC', amount: '50' },
  { kind: 'deposits', asset: 'USDC', amount: '-10' },
  { kind: 'deposits', asset: 'DOGE', amount: '-5' },
  { kind: 'redemptions', asset: 'USDC', amount: '-100' },
  { kind: 'capital', asset: 'USDC', amount: '-900' },
  { kind: 'units-issued', asset: 'UNIT', amount: '-1100' },
  { kind: 'units', asset: 'UNIT', amount: '1000' },
  { kind: 'units-reserved', asset: 'UNIT', amount: '100' },
];
const FUND = { totals: TOTALS, currency: 'USDC', initialPrice: '1' };

test('fund-integration 32: what is on its way counts, what is owed to depositors and payees does not, reserved units neither', (t) => {
  t.deepEqual(valuationOf({ ...FUND, marks: { BTC: '50000' } }), {
    value: '1400',
    units: '1000',
    price: '1.4',
  });
});

test('fund-integration 36: a profit raises the price by it over the units outstanding', (t) => {
  const before = valuationOf({ ...FUND, marks: { BTC: '50000' } });
  const after = valuationOf({ ...FUND, marks: { BTC: '60000' } });
  const raised = new Decimal(after.price).sub(before.price);
  t.true(raised.eq(new Decimal('100').div(before.units)));
});

test('what the fund holds must have a mark above zero; what is only kept for somebody needs none', (t) => {
  for (const marks of [{}, { BTC: '0' }, { BTC: 'NaN' }, { BTC: '-1' }])
    t.throws(() => valuationOf({ ...FUND, marks }), { instanceOf: MissingMark, message: /BTC/ });
});
