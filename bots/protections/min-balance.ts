import { Decimal } from '../money.ts';
import { notional, type Rule } from './rule.ts';

/** Buys nothing that would leave less than `minBalance` of quote free. Silent while the balance is not known. */
export const minBalance: Rule = {
  name: 'min_balance',

  refuses({ settings, free, price, market }, intent) {
    if (!settings.minBalance || !free || intent.side === 'SELL') return null;
    const left = new Decimal(free.quote).sub(notional(intent, price));
    if (left.gte(settings.minBalance)) return null;
    return `${left.toFixed()} ${market.quote} would be left free; at least ${settings.minBalance} must stay.`;
  },
};
