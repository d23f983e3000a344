import { Decimal } from '../bots/money.ts';

/** An explicit sign and exactly two decimals, rounded half away from zero: `+12.34`, `-0.50`, `+0.00`. */
export function signed(amount: Decimal.Value): string {
  const rounded = new Decimal(amount).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  return `${rounded.isNegative() && !rounded.isZero() ? '-' : '+'}${rounded.abs().toFixed(2)}`;
}

/** All of it, but no more than 8 decimals and no zeros that say nothing: `45000.5`. */
export function plain(amount: Decimal.Value): string {
  return new Decimal(amount).toDecimalPlaces(8, Decimal.ROUND_HALF_UP).toFixed();
}

/** A price that was worked out: from 100 up two decimals are enough, below as `plain`. */
export function price(amount: Decimal.Value): string {
  const worked = new Decimal(amount);
  return worked.abs().lt(100) ? plain(worked) : worked.toFixed(2, Decimal.ROUND_HALF_UP);
}

/** Of money there is: two decimals, never more than there is. */
export function money(amount: Decimal.Value): string {
  return new Decimal(amount).toFixed(2, Decimal.ROUND_DOWN);
}

/** `part` of `whole`, one decimal: `66.7%`; of nothing 0. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? new Decimal(0) : new Decimal(part).div(whole).mul(100);
  return `${share.toFixed(1)}%`;
}

/** `2026-01-31 09:05`, on a clock of the time zone. */
export function moment(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}

/** For Telegram's HTML: what others wrote formats nothing. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
