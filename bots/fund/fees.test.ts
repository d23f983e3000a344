import test from 'ava';
import fc from 'fast-check';
import { Decimal } from '../money.ts';
import {
  chargeLots,
  fundFeesSchema,
  managementFee,
  NO_FEES,
  performanceFee,
  takeFromLots,
  underTerms,
} from './fees.ts';

const YEAR = 365 * 24 * 3_600_000;
const FEES = { managementPercent: '2', performancePercent: '20' };
const year = (share: number) => ({ from: 0, to: share * YEAR });

test('a management fee is by the time that went by, and none where it is off', (t) => {
  t.is(managementFee('1000', FEES, year(1)), '20');
  t.is(managementFee('1000', FEES, year(0.5)), '10');
  t.is(managementFee('1000', FEES, { from: 0, to: 86_400_000 }), '0.05479452');
  t.is(managementFee('1000', FEES, { from: 5, to: 5 }), '0');
  t.is(managementFee('1000', FEES, year(100)), '1000');
  t.is(managementFee('1000', NO_FEES, year(1)), '0');
});

test('a performance fee is on what each lot gained above its own mark, once', (t) => {
  const lots = [
    { units: '100', highWaterMark: '1', countedTo: 0 },
    { units: '100', highWaterMark: '1.5', countedTo: 0 },
    { units: '50', highWaterMark: '3', countedTo: 0 },
  ];
  const charged = performanceFee(lots, FEES, '2');
  // 20 % of 100 gained, and of 50, in units worth 2.
  t.is(charged.units, '15');
  t.deepEqual(charged.lots, [
    { units: '90', highWaterMark: '2', countedTo: 0 },
    { units: '95', highWaterMark: '2', countedTo: 0 },
    { units: '50', highWaterMark: '3', countedTo: 0 },
  ]);
  t.deepEqual(performanceFee(charged.lots, FEES, '2'), { units: '0', lots: charged.lots });
  const fallen = performanceFee(charged.lots, FEES, '1.2');
  t.deepEqual([fallen.units, fallen.lots], ['0', charged.lots]);
  t.deepEqual(performanceFee(lots, NO_FEES, '2'), { units: '0', lots });
});

test('no fee takes more than the gain, and units and lots go together', (t) => {
  const step = fc.integer({ min: 1, max: 10 ** 9 }).map((count) => new Decimal(count).div(1e4).toFixed());
  const lots = fc.array(fc.record({ units: step, highWaterMark: step, countedTo: fc.nat() }), {
    maxLength: 6,
  });
  const holds = fc.property(lots, step, (before, price) => {
    const { units, lots: after } = performanceFee(before, FEES, price);
    const count = (all: typeof before) => all.reduce((sum, lot) => sum.add(lot.units), new Decimal(0));
    const gain = before.reduce(
      (sum, lot) => sum.add(Decimal.max(0, new Decimal(price).sub(lot.highWaterMark)).mul(lot.units)),
      new Decimal(0),
    );
    return count(before).sub(count(after)).eq(units) && new Decimal(units).mul(price).lte(gain.mul('0.2'));
  });
  t.notThrows(() => fc.assert(holds));
});

test('for time first, for gains on the rest; lots that have become alike are one', (t) => {
  const lots = [
    { units: '100', highWaterMark: '1', countedTo: 0 },
    { units: '100', highWaterMark: '2', countedTo: YEAR / 2 },
    { units: '100', highWaterMark: '3', countedTo: YEAR },
  ];
  const charged = chargeLots(lots, FEES, { price: '2', at: YEAR });
  // 2 and 1 units for time, then a fifth of what 98 units gained, in units worth 2.
  t.is(charged.units, '12.8');
  t.deepEqual(charged.lots, [
    { units: '187.2', highWaterMark: '2', countedTo: YEAR },
    { units: '100', highWaterMark: '3', countedTo: YEAR },
  ]);
  t.is(chargeLots(charged.lots, FEES, { price: '2', at: YEAR }).units, '0');
  t.deepEqual(chargeLots(lots, { ...FEES, managementPercent: '100' }, { price: '1', at: 2 * YEAR }).lots, []);
});

test('new terms ask nothing for what was before them, and lower no mark', (t) => {
  const [old, late] = underTerms(
    [
      { units: '1', highWaterMark: '1', countedTo: 0 },
      { units: '1', highWaterMark: '1', countedTo: 30 },
    ],
    [
      { since: 10, price: '3' },
      { since: 20, price: '2' },
    ],
  );
  t.deepEqual(old, { units: '1', highWaterMark: '3', countedTo: 20 });
  t.deepEqual(late, { units: '1', highWaterMark: '1', countedTo: 30 });
});

test('units leave the oldest lots first', (t) => {
  const lots = [
    { units: '10', highWaterMark: '1', countedTo: 0 },
    { units: '5', highWaterMark: '2', countedTo: 0 },
  ];
  t.deepEqual(takeFromLots(lots, '12'), [{ units: '3', highWaterMark: '2', countedTo: 0 }]);
  t.deepEqual(takeFromLots(lots, '15'), []);
  t.throws(() => takeFromLots(lots, '15.00000001'), { instanceOf: RangeError });
});

test('fees are percentages or off', (t) => {
  const isTaken = (managementPercent: unknown) =>
    fundFeesSchema.safeParse({ ...NO_FEES, managementPercent }).success;
  t.true(isTaken(null));
  t.true(isTaken('2'));
  for (const wrong of ['0', '-1', '101', '1e1', 'NaN', 2]) t.false(isTaken(wrong), String(wrong));
});
