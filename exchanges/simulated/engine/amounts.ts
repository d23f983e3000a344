import type { Amount } from '../../../bots/money.ts';

/** Amounts inside the engine are integers of 1e-8, the venue's smallest unit for every asset. */
export const ONE = 100_000_000n;
const DECIMALS = 8;

/** `"0.001"` -> 100000n; null where it is no plain non-negative decimal of at most 8 places. */
export function parse(amount: Amount): bigint | null {
  const match = /^(\d{1,20})(?:\.(\d*))?$/.exec(amount);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > DECIMALS && /[1-9]/.test(fraction.slice(DECIMALS))) return null;
  return BigInt(match[1] + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
}

/** As `parse`, for what is known to be an amount. Throws RangeError. */
export function unitsOf(amount: Amount): bigint {
  const units = parse(amount);
  if (units === null) throw new RangeError(`"${amount}" is not an amount with at most ${DECIMALS} decimals.`);
  return units;
}

/** 100000n -> `"0.00100000"`. */
export function written(units: bigint): Amount {
  const digits = units.toString().padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

export function multiply(left: bigint, right: bigint): bigint {
  return (left * right) / ONE;
}

export function multiplyUp(left: bigint, right: bigint): bigint {
  return (left * right + ONE - 1n) / ONE;
}

export function divide(left: bigint, right: bigint): bigint {
  return (left * ONE) / right;
}

export function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
