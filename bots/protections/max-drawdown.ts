import { Decimal } from '../money.ts';
import type { Rule } from './rule.ts';
import { profit } from './state.ts';

/**
 * Closes once equity is `maxDrawdown` % below its peak. A bot has no capital of its own, so equity is the most money it
 * ever had at work plus its profit, realised and floating.
 */
export const maxDrawdown: Rule = {
  name: 'max_drawdown',

  breached({ settings, state, position, price }) {
    if (!settings.maxDrawdown || !state.peak) return null;
    const peak = new Decimal(state.peak.capital).add(state.peak.profit);
    if (peak.lte(0)) return null;
    const drawdown = new Decimal(state.peak.profit).sub(profit(position, price)).div(peak).mul(100);
    if (drawdown.lt(settings.maxDrawdown)) return null;
    return `equity is ${drawdown.toFixed(2)} % below its peak; the limit is ${settings.maxDrawdown} %.`;
  },
};
