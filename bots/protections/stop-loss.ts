import { Decimal } from '../money.ts';
import { isTooSmall } from '../precision.ts';
import { gainPercent, type Rule } from './rule.ts';

/**
 * Closes at a loss of `stopLoss` % of the average price. Opens nothing that would be too small to be sold at its stop
 * price: such a stop could never work.
 */
export const stopLoss: Rule = {
  name: 'stop_loss',

  breached(facts) {
    const { settings, position, market, price } = facts;
    const gain = gainPercent(facts);
    if (!settings.stopLoss || !gain || gain.gt(new Decimal(settings.stopLoss).neg())) return null;
    if (isTooSmall(new Decimal(position.quantity).abs(), market, price)) return null;
    return `price ${price} is ${gain.neg().toFixed(2)} % worse than the average; the limit is ${settings.stopLoss} %.`;
  },

  refuses({ settings, position, market, price }, intent) {
    if (!settings.stopLoss || intent.side === 'SELL') return null;
    const stop = new Decimal(100)
      .sub(settings.stopLoss)
      .div(100)
      .mul(intent.price ?? price);
    const quantity = new Decimal(position.quantity).add(intent.quantity);
    if (!isTooSmall(quantity, market, stop)) return null;
    return (
      `${quantity.toFixed()} ${market.base} at the stop price ${stop.toFixed()} is worth less than the ` +
      `${market.minNotional} ${market.quote} an order needs, so it could not be closed. Raise the quantity.`
    );
  },
};
