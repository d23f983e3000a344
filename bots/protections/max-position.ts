import { Decimal } from '../money.ts';
import { restOf } from '../reducing.ts';
import { notional, type Rule } from './rule.ts';

/** Opens nothing that would bring what is held and what waits to be opened above `maxPosition` of quote. */
export const maxPosition: Rule = {
  name: 'max_position',

  refuses({ settings, position, orders, price, market }, intent) {
    if (!settings.maxPosition) return null;
    const waiting = orders
      .filter((order) => order.side === intent.side)
      .map((order) => notional({ price: order.price, quantity: restOf(order) }, price));
    const held = new Decimal(position.quantity).abs().mul(price);
    const after = [held, ...waiting, notional(intent, price)].reduce((sum, part) => sum.add(part));
    if (after.lte(settings.maxPosition)) return null;
    return `${after.toFixed()} ${market.quote} would be at work; the limit is ${settings.maxPosition}.`;
  },
};
