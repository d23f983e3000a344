import { Decimal } from 'decimal.js';

/** Enough digits that no product of two NUMERIC(20,8) amounts is rounded behind our back. */
Decimal.set({ precision: 60, toExpNeg: -40, toExpPos: 40 });

export { Decimal };

/** A decimal number written out: `"0.01"`, `"-12.5"`. What crosses every boundary (JSON, history, database). */
export type Amount = string;

/** The largest multiple of `step` that is not above `value`. */
export function floorTo(value: Decimal.Value, step: Decimal.Value): Decimal {
  const unit = new Decimal(step);
  return new Decimal(value).div(unit).floor().mul(unit);
}

/** The smallest multiple of `step` that is not below `value`. */
export function ceilTo(value: Decimal.Value, step: Decimal.Value): Decimal {
  const unit = new Decimal(step);
  return new Decimal(value).div(unit).ceil().mul(unit);
}
