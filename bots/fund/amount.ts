import { Decimal, type Amount } from '../money.ts';

export type ReadAmount = { ok: true; amount: Amount } | { ok: false; message: string };

/**
 * Money as somebody asks for it, written out: digits, and a point with at most the asset's decimals behind it. No sign,
 * exponent, space or leading zeros, at most 12 digits before the point, above zero. The message says what is wrong.
 */
export function readAmount(
  text: string,
  { asset, decimals }: { asset: string; decimals: number },
): ReadAmount {
  const written = /^(?:0|[1-9][0-9]{0,11})(?:\.([0-9]{1,30}))?$/.exec(text);
  if (!written) return refused('Must be a decimal number such as 12.5, without sign, exponent or spaces');
  if ((written[1] ?? '').length > decimals) return refused(`${asset} has at most ${decimals} decimals`);
  const value = new Decimal(text);
  return value.gt(0) ? { ok: true, amount: value.toFixed() } : refused('Must be greater than 0');
}

function refused(message: string): ReadAmount {
  return { ok: false, message };
}
