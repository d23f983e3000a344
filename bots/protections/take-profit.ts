import { Decimal } from '../money.ts';
import { isTooSmall } from '../precision.ts';
import { gainPercent, type Rule } from './rule.ts';

/** Closes at a gain of `takeProfit` % on the average price. */
export const takeProfit: Rule = {
  name: 'take_profit',

  breached(facts) {
    const { settings, position, market, price } = facts;
    const gain = gainPercent(facts);
    if (!settings.takeProfit || !gain?.gte(settings.takeProfit)) return null;
    if (isTooSmall(new Decimal(position.quantity).abs(), market, price)) return null;
    return `price ${price} is ${gain.toFixed(2)} % better than the average; the target is ${settings.takeProfit} %.`;
  },
};
