import type { Knex } from 'knex';
import type { Marks } from '../../bots/fund/valuation.ts';
import { Decimal } from '../../bots/money.ts';
import { hasUnrecorded } from '../../db/fund/comparisons.ts';
import { hasOpenIntent, type OpenOrder, openOrders } from '../../db/fund/orders.ts';

/**
 * Why the fund may have traded without the ledger's knowing it yet; null where nothing speaks for it. To be asked after the prices
 * were read: an order that was filled at them and is on record by now is none of it.
 */
export async function reasonToWait(
  knex: Knex,
  { marks, currency }: { marks: Marks; currency: string },
): Promise<string | null> {
  if (await hasOpenIntent(knex)) return "It is not known what became of an order of the fund's bot";
  if (await hasUnrecorded(knex)) return 'The exchange has carried out what is not on record yet';
  const prices = { ...marks, [currency]: '1' };
  for (const order of await openOrders(knex)) {
    if (order.isFailing) return "The fund's bot is failing and has an open order";
    if (isPassed(order, prices)) return 'The price has passed the limit of an open order';
  }
  return null;
}

/** At its limit itself the fund is worth as much with the order filled as without. */
function isPassed({ symbol, side, price }: OpenOrder, prices: Marks): boolean {
  const [base, quote] = symbol.split('/').map((asset) => prices[asset]);
  if (price === null || base === undefined || quote === undefined) return false;
  const limit = new Decimal(price).mul(quote);
  return side === 'BUY' ? limit.gt(base) : limit.lt(base);
}
