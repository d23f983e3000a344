import { Decimal } from '../money.ts';
import type { Rule } from './rule.ts';

/** Opens nothing more on a UTC day that has realised `dailyLoss` of loss. */
export const dailyLoss: Rule = {
  name: 'daily_loss',

  refuses({ settings, state, position, market }) {
    if (!settings.dailyLoss || !state.day) return null;
    const loss = new Decimal(state.day.realised).sub(position.realised);
    if (loss.lt(settings.dailyLoss)) return null;
    return `${loss.toFixed()} ${market.quote} lost today; the limit is ${settings.dailyLoss}. It ends with the UTC day.`;
  },
};
