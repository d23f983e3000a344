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
    lots: lots.map(({ units, highWaterMark }, at) => ({
      units: new Decimal(units).sub(given[at]!).toFixed(),
      highWaterMark: Decimal.max(price, highWaterMark).toFixed(),
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

function roundUnits(units: Decimal): Amount {
  return units.toDecimalPlaces(UNIT_DECIMALS, Decimal.ROUND_DOWN).toFixed();
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, amount) => total.add(amount), new Decimal(0)).toFixed();
}
