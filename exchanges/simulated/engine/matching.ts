import { divide, multiply, smaller } from './amounts.ts';
import { balanceOf } from './balances.ts';
import { type Order, isMarket, paysWith, remaining } from './model.ts';

export interface Match {
  maker: Order;
  quantity: bigint;
  quote: bigint;
}

/** What an order would do to the book, best price first, oldest first within a price. */
export interface Plan {
  matches: Match[];
  /** Resting orders of the same account in the way: they expire (Binance's default, EXPIRE_MAKER). The house may meet itself. */
  prevented: { maker: Order; quantity: bigint }[];
  quantity: bigint;
  quote: bigint;
}

/** Changes nothing. `spendable`: the most quote that the matches may come to, null for no such limit. */
export function planMatches(taker: Order, spendable: bigint | null): Plan {
  const plan: Plan = { matches: [], prevented: [], quantity: 0n, quote: 0n };
  const ladder = taker.market.book.opposite(taker.side);
  for (let n = 0; n < ladder.size; n += 1) {
    const level = ladder.level(n);
    if (level === null || (taker.price !== null && !ladder.reaches(level.price, taker.price))) return plan;
    for (const maker of level.orders.values()) {
      const wanted = wantedAt(taker, plan, spendable, level.price);
      if (wanted === 0n) return plan;
      const quantity = smaller(wanted, remaining(maker));
      if (maker.account === taker.account && !taker.account.house) plan.prevented.push({ maker, quantity });
      else take(plan, maker, quantity);
    }
  }
  return plan;
}

/** The most quote that a market order may spend or receive now, null where its quantity alone decides. */
export function spendableBy(order: Order): bigint | null {
  if (!isMarket(order)) return null;
  if (order.side === 'SELL') return order.quoteQuantity;
  const { free } = balanceOf(order.account, paysWith(order));
  return order.quoteQuantity === null ? free : smaller(free, order.quoteQuantity);
}

function wantedAt(taker: Order, plan: Plan, spendable: bigint | null, price: bigint): bigint {
  const byQuantity = taker.quoteQuantity === null ? remaining(taker) - plan.quantity : null;
  if (spendable === null) return byQuantity ?? 0n;
  const step = taker.market.limits.stepSize;
  const affordable = (divide(spendable - plan.quote, price) / step) * step;
  return byQuantity === null ? affordable : smaller(byQuantity, affordable);
}

function take(plan: Plan, maker: Order, quantity: bigint): void {
  const quote = multiply(maker.price as bigint, quantity);
  plan.matches.push({ maker, quantity, quote });
  plan.quantity += quantity;
  plan.quote += quote;
}
