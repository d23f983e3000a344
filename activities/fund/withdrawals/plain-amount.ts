import { Decimal, type Amount } from '../../../bots/money.ts';

/** As a venue is written to: without the zeros that a column of the database ends with. */
export function plainAmount(amount: Amount): Amount {
  return new Decimal(amount).toFixed();
}
