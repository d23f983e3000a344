import type { NewAccount } from '../../engine/types.ts';
import { eightDecimals } from '../present-order.ts';
import { reading } from '../venue.ts';

const ZERO = '0.00000000';

export const commission = reading(20, (venue, parameters, account) => {
  const { symbol } = venue.rules(parameters.symbol());
  const none = { maker: ZERO, taker: ZERO, buyer: ZERO, seller: ZERO };
  return {
    symbol,
    standardCommission: { ...standardRates(account), buyer: ZERO, seller: ZERO },
    specialCommission: none,
    taxCommission: none,
    discount: discount(account),
  };
});

/** `computeCommissionRates` of `POST /api/v3/order/test`. */
export function ratesForOrder(account: NewAccount): object {
  const none = { maker: ZERO, taker: ZERO };
  return {
    standardCommissionForOrder: standardRates(account),
    specialCommissionForOrder: none,
    taxCommissionForOrder: none,
    discount: discount(account),
  };
}

function standardRates({ makerFee, takerFee }: NewAccount): { maker: string; taker: string } {
  return { maker: eightDecimals(makerFee), taker: eightDecimals(takerFee) };
}

function discount({ feeAsset }: NewAccount): object {
  const thirdCoin = feeAsset !== 'received' && feeAsset !== 'quote';
  return {
    enabledForAccount: thirdCoin,
    enabledForSymbol: thirdCoin,
    discountAsset: thirdCoin ? feeAsset : 'BNB',
    discount: '1.00000000',
  };
}
