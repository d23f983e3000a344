import { Decimal, type Amount } from '../money.ts';

/** Decimals of a unit. */
export const UNIT_DECIMALS = 8;
/** Decimals a unit price is rounded to, half up, before anything is dealt at it: what is stored is what was used. */
const PRICE_DECIMALS = 18;

/** Nothing may be dealt at such a price: the fund is worth nothing while units are outstanding, or less than nothing. */
export class NoPrice extends Error {
  override readonly name = 'NoPrice';
}

/**
 * Value of one unit: value / units outstanding, or the initial price where none are. Throws `NoPrice` where that is not
 * above zero, and where a fund without units is worth less than nothing by more than the smallest part of one: who comes next would pay.
 */
export function unitPrice(of: {
  value: Decimal.Value;
  units: Decimal.Value;
  initial: Decimal.Value;
}): Amount {
  const units = new Decimal(of.units);
  const isOwing = new Decimal(of.value).lt(new Decimal(of.initial).mul(`-1e-${UNIT_DECIMALS}`));
  if (units.isZero() && !isOwing) return new Decimal(of.initial).toFixed();
  const price = new Decimal(of.value).div(units).toDecimalPlaces(PRICE_DECIMALS, Decimal.ROUND_HALF_UP);
  if (!price.gt(0) || !units.gt(0))
    throw new NoPrice(
      `${units.toFixed()} units of a fund worth ${new Decimal(of.value).toFixed()} have no price. Nothing is dealt ` +
        'until its ledger has been compared with the exchange.',
    );
  return price.toFixed();
}

/** Units for a deposit: rounded down, the rest stays with the fund. */
export function unitsFor(amount: Decimal.Value, price: Decimal.Value): Amount {
  return down(new Decimal(amount).div(price), UNIT_DECIMALS);
}

/** What units are worth in money of so many decimals, rounded down. */
export function moneyFor(units: Decimal.Value, price: Decimal.Value, decimals: number): Amount {
  return down(new Decimal(units).mul(price), decimals);
}

/** Units given up for an amount of money: rounded up, so that those who stay pay nothing for it. */
export function unitsToRedeem(amount: Decimal.Value, price: Decimal.Value): Amount {
  return new Decimal(amount).div(price).toDecimalPlaces(UNIT_DECIMALS, Decimal.ROUND_UP).toFixed();
}

/**
 * Units given back for a redemption that came to nothing: as many as its money buys by now, rounded down. At an unchanged
 * price these are exactly the units that were given up; at another one, giving back as many would be paid by the others.
 */
export function unitsToReturn(of: {
  units: Decimal.Value;
  /** The price the redemption was fixed at. */
  fixedAt: Decimal.Value;
  price: Decimal.Value;
}): Amount {
  const units = new Decimal(of.units);
  // Not by way of the product: a quotient cut off after 60 digits may be a hair below the units.
  if (new Decimal(of.fixedAt).eq(of.price)) return units.toFixed();
  return down(units.mul(of.fixedAt).div(of.price), UNIT_DECIMALS);
}

function down(value: Decimal, decimals: number): Amount {
  return value.toDecimalPlaces(decimals, Decimal.ROUND_DOWN).toFixed();
}
