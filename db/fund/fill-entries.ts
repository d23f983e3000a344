import { fill, type Posting } from '../../bots/fund/postings.ts';
import type { Fill } from '../../bots/orders.ts';

/** What `post_entry` is given for a fill of the fund's bot. */
interface FillEntry {
  key: string;
  at: string;
  refs: Record<string, string>;
  postings: Posting[];
}

/** The ledger's entry of each fill of an order on `symbol` (`BASE/QUOTE`), in their order. */
export function fillEntries(
  fills: readonly (Fill & { clientOrderId: string })[],
  symbol: string,
): FillEntry[] {
  const [base = '', quote = ''] = symbol.split('/');
  return fills.map(({ clientOrderId, tradeId, at, ...one }) => ({
    key: `fill/${clientOrderId}/${tradeId}`,
    at: new Date(at).toISOString(),
    refs: { order: clientOrderId, trade: tradeId },
    postings: fill({ base, quote, ...one }).postings,
  }));
}
