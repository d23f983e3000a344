import { z } from 'zod';
import { percent } from '../amount-schema.ts';
import { Decimal, type Amount } from '../money.ts';
import { UNIT_DECIMALS } from './unit-price.ts';

/** Both are off unless somebody turns them on. */
export const fundFeesSchema = z.strictObject({
  /** Percent of a holder's units in 365 days; null for none. */
  managementPercent: percent({ least: '0.01' }).nullable(),
  /** Percent of what a lot has gained above its high-water mark; null for none. */
  performancePercent: percent({ least: '0.01' }).nullable(),
});

export type FundFees = z.output<typeof fundFeesSchema>;

export const NO_FEES: FundFees = { managementPercent: null, performancePercent: null };

/** Units of one allotment. A fee on gains is asked of each by itself: who came late owes nothing for earlier gains. */
export interface Lot {
  units: Amount;
  /** The highest unit price a fee was taken at, the price it was allotted at to begin with. */
  highWaterMark: Amount;
  /** Up to when its fees have been counted, epoch ms; when it was allotted to begin with. */
  countedTo: number;
}

/** When fees became what they are, and the unit price of then: nothing is asked for what was before. */
export interface FeeTerms {
  /** Epoch ms. */
  since: number;
  price: Amount;
}

/** Lots as they are to be charged under the newest of all `terms` there have been, oldest first. */
export function underTerms(lots: readonly Lot[], terms: readonly FeeTerms[]): Lot[] {
  return lots.map((lot) => {
    const later = terms.filter(({ since }) => since >= lot.countedTo);
    return {
      units: lot.units,
      highWaterMark: Decimal.max(lot.highWaterMark, ...later.map(({ price }) => price)).toFixed(),
      countedTo: later.at(-1)?.since ?? lot.countedTo,
    };
  });
}

/** Both fees up to `at`, epoch ms: for time first, then for gains on what that leaves. `lots` are those after it. */
export function chargeLots(
  lots: readonly Lot[],
  fees: FundFees,
  { price, at }: { price: Amount; at: number },
): { units: Amount; lots: Lot[] } {
  const forTime = lots.map(({ units, countedTo }) => managementFee(units, fees, { from: countedTo, to: at }));
  const left = lots.map((lot, index) => ({
    ...lot,
    units: new Decimal(lot.units).sub(forTime[index]!).toFixed(),
    countedTo: at,
  }));
  const forGains = performanceFee(left, fees, price);
  return { units: sum([...forTime, forGains.units]), lots: joined(forGains.lots) };
}

const YEAR = 365 * 24 * 3_600_000;

/**
 * Units a holder gives for the time from one charge to the next, in epoch ms; rounded down. Never more than there are.
 */
export function managementFee(
  units: Amount,
  { managementPercent }: FundFees,
  { from, to }: { from: number; to: number },
): Amount {
  if (managementPercent === null || to <= from) return '0';
  const share = new Decimal(managementPercent)
    .div(100)
    .mul(to - from)
    .div(YEAR);
  return roundUnits(new Decimal(units).mul(Decimal.min(1, share)));
}

/**
 * Units each lot gives for what it has gained above its mark, at this price; rounded down. `lots` are those after it: the
 * mark of a lot that gave is the price, and a loss lowers none. Asked again at the same price, nothing is given.
 */
export function performanceFee(
  lots: readonly Lot[],
  { performancePercent }: FundFees,
  price: Amount,
): { units: Amount; lots: Lot[] } {
  if (performancePercent === null) return { units: '0', lots: [...lots] };
  const given = lots.map((lot) => {
    const gain = Decimal.max(0, new Decimal(price).sub(lot.highWaterMark));
    return roundUnits(new Decimal(lot.units).mul(gain).mul(performancePercent).div(100).div(price));
  });
  return {
    units: sum(given),
    lots: lots.map((lot, at) => ({
      ...lot,
      units: new Decimal(lot.units).sub(given[at]!).toFixed(),
      highWaterMark: Decimal.max(price, lot.highWaterMark).toFixed(),
    })),
  };
}

/** The lots left after so many units have gone, the oldest first. Throws `RangeError` where there are not as many. */
export function takeFromLots(lots: readonly Lot[], units: Amount): Lot[] {
  let missing = new Decimal(units);
  const left: Lot[] = [];
  for (const lot of lots) {
    const taken = Decimal.min(missing, lot.units);
    missing = missing.sub(taken);
    const rest = new Decimal(lot.units).sub(taken);
    if (rest.gt(0)) left.push({ ...lot, units: rest.toFixed() });
  }
  if (missing.gt(0)) throw new RangeError(`The lots have ${missing.toFixed()} units too few`);
  return left;
}

/** Neighbours that have become alike are one lot, and what has nothing left is none. */
function joined(lots: readonly Lot[]): Lot[] {
  const all: Lot[] = [];
  for (const lot of lots) {
    const last = all.at(-1);
    const isLike = last?.highWaterMark === lot.highWaterMark && last.countedTo === lot.countedTo;
    if (last && isLike) last.units = sum([last.units, lot.units]);
    else if (new Decimal(lot.units).gt(0)) all.push({ ...lot });
  }
  return all;
}

function roundUnits(units: Decimal): Amount {
  return units.toDecimalPlaces(UNIT_DECIMALS, Decimal.ROUND_DOWN).toFixed();
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, amount) => total.add(amount), new Decimal(0)).toFixed();
}
