import { Decimal, type Amount } from '../../bots/money.ts';
import { ExchangeError, type Exchange } from '../../exchanges/port.ts';
import type { ReadMarks } from './dependencies.ts';

/** A price that old is no price of now: the market has stopped, or we no longer hear of it. */
const STALE_MS = 300_000;

/**
 * The last price of each asset in the fund's currency, on the market that the exchange has for the two. An asset without a
 * price above zero is left out; the currency itself is worth one. Nothing is thrown: what cannot be read is provisional.
 */
export async function readMarks(
  { market, currency, now }: { market: () => Promise<Exchange>; currency: string; now: () => number },
  assets: readonly string[],
): Promise<ReadMarks> {
  const at = now();
  const read = await Promise.all(
    assets
      .filter((asset) => asset !== currency)
      .map(async (asset) => ({ asset, ...(await readMark(market, `${asset}/${currency}`)) })),
  );
  const marks: Record<string, Amount> = {};
  for (const { asset, price } of read) if (price !== null) marks[asset] = price;
  const isProvisional = read.some((mark) => mark.price === null || at - mark.at > STALE_MS);
  return { marks, at, isProvisional };
}

async function readMark(
  market: () => Promise<Exchange>,
  symbol: string,
): Promise<{ price: Amount | null; at: number }> {
  try {
    const { price, at } = await (await market()).price(symbol);
    return { price: new Decimal(price).gt(0) ? price : null, at };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return { price: null, at: 0 };
  }
}
