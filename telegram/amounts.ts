import { Decimal, type Amount } from '../bots/money.ts';

/** With its sign and two decimals, rounded half to even: `+12.34`, `-0.50`, `+0.00`. */
export function signed(amount: Amount): string {
  const rounded = new Decimal(amount).toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN);
  return `${rounded.isNeg() && !rounded.isZero() ? '-' : '+'}${rounded.abs().toFixed(2)}`;
}

/** As it is, without zeros at its end. */
export function plain(amount: Amount): string {
  return new Decimal(amount).toFixed();
}
