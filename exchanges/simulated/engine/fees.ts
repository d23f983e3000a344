import { divide, multiply } from './amounts.ts';
import { balanceOf } from './balances.ts';
import type { Account, Market, Order } from './model.ts';

export interface Fee {
  asset: string;
  amount: bigint;
}

/**
 * The fee of one side of a trade, rounded down. To be asked for once the trade is settled: a fee in another asset than
 * the received one is taken only where enough of it is free, and in the received asset otherwise, as Binance does with
 * BNB. No discount for BNB: the account's rates are what is charged.
 */
export function feeOf(
  order: Order,
  trade: { quantity: bigint; quote: bigint; maker: boolean },
  marketOf: (symbol: string) => Market | undefined,
): Fee {
  const { account, side, market } = order;
  const { base, quote } = market.rules;
  const rate = trade.maker ? account.makerFee : account.takerFee;
  const received =
    side === 'BUY'
      ? { asset: base, amount: multiply(trade.quantity, rate) }
      : { asset: quote, amount: multiply(trade.quote, rate) };
  const chosen = chosenAsset(account, quote);
  if (chosen === null || chosen === received.asset) return received;
  const value = multiply(trade.quote, rate);
  const price = chosen === quote ? null : marketOf(`${chosen}${quote}`)?.lastPrice;
  if (price === undefined) return received;
  const amount = price === null ? value : divide(value, price);
  return balanceOf(account, chosen).free >= amount ? { asset: chosen, amount } : received;
}

function chosenAsset(account: Account, quote: string): string | null {
  const { feeAsset } = account.facts;
  if (feeAsset === 'received') return null;
  return feeAsset === 'quote' ? quote : feeAsset;
}
