import { smaller, written } from './amounts.ts';
import { pay, relock } from './balances.ts';
import type { Changes } from './changes.ts';
import { feeOf } from './fees.ts';
import { type Match, planMatches, spendableBy } from './matching.ts';
import { type Account, type Market, type Order, isMarket, isOpen, remaining } from './model.ts';
import { historyOf } from './order-history.ts';
import type { State } from './state.ts';
import type { EngineFill, PublicTrade } from './types.ts';

/** Public trades kept of a market: at least so many. */
const KEPT_TRADES = 500;
/** Trades beyond those that are cut off in one go. */
const CUT_TRADES = 100;

/** Carries out what has been decided: all that changes orders, balances, books and candles. */
export class Execution {
  readonly #now: () => number;
  readonly #state: State;

  constructor(now: () => number, state: State) {
    this.#now = now;
    this.#state = state;
  }

  /** Takes an admitted order in: locks, then waits, matches or rests. Stop orders that its trades touch follow at once. */
  accept(order: Order, changes: Changes): void {
    historyOf(order).add(order);
    relock(order, changes);
    changes.execution(order, 'NEW', null);
    if (!order.working) {
      order.market.stops.add(order);
      return;
    }
    const touched = this.#work(order, changes);
    for (let next = touched.shift(); next !== undefined; next = touched.shift()) {
      next.working = true;
      next.updatedAt = this.#now();
      next.workingSince = next.updatedAt;
      relock(next, changes);
      changes.execution(next, 'NEW', null);
      touched.push(...this.#work(next, changes));
    }
  }

  /** Ends an open order: cancelled by its owner, or expired by the rules. */
  end(order: Order, status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH', changes: Changes): void {
    if (order.working) this.#unrest(order, changes);
    else order.market.stops.remove(order);
    order.status = status;
    order.updatedAt = this.#now();
    relock(order, changes);
    this.#file(order);
    changes.execution(order, status === 'EXPIRED_IN_MATCH' ? 'TRADE_PREVENTION' : status, null);
  }

  /** Ends an account: its open orders are cancelled, and what it holds is booked to the till. */
  close(account: Account, changes: Changes): void {
    const open = [...account.orders.values()].flatMap((history) => [...history.open.values()]);
    for (const order of open) this.end(order, 'CANCELED', changes);
    for (const [asset, { free }] of account.wallet) pay(account, this.#state.till, asset, free, changes);
    this.#state.removeAccount(account);
    changes.closed(account);
  }

  /** Matches a working order and rests or ends what is left. Returns the stop orders that its trades touched. */
  #work(order: Order, changes: Changes): Order[] {
    const plan = planMatches(order, spendableBy(order));
    if (order.quoteQuantity !== null) order.quantity = plan.quantity;
    if (order.timeInForce === 'FOK' && plan.quantity < order.quantity) {
      this.end(order, 'EXPIRED', changes);
      return [];
    }
    for (const { maker, quantity } of plan.prevented) {
      this.#state.lastPreventedId += 1;
      const matchId = this.#state.lastPreventedId;
      maker.prevention = { matchId, quantity: written(quantity), takerOrderId: order.id };
      this.end(maker, 'EXPIRED_IN_MATCH', changes);
    }
    for (const match of plan.matches) this.#trade(order, match, changes);
    if (isOpen(order)) {
      if (isMarket(order) || order.timeInForce !== 'GTC') this.end(order, 'EXPIRED', changes);
      else this.#rest(order, changes);
    }
    return touchedBy(order.market, plan.matches);
  }

  #trade(taker: Order, { maker, quantity, quote }: Match, changes: Changes): void {
    const { market } = taker;
    const price = maker.price as bigint;
    market.lastTradeId += 1;
    market.lastPrice = price;
    for (const order of [taker, maker]) {
      order.executed += quantity;
      order.cumulative += quote;
      order.status = remaining(order) === 0n ? 'FILLED' : 'PARTIALLY_FILLED';
      order.updatedAt = this.#now();
      relock(order, changes);
    }
    const [buyer, seller] = taker.side === 'BUY' ? [taker, maker] : [maker, taker];
    pay(buyer.account, seller.account, market.rules.quote, quote, changes);
    pay(seller.account, buyer.account, market.rules.base, quantity, changes);
    if (!isOpen(maker)) this.#unrest(maker, changes);
    this.#publish(market, { price, quantity, quote, takerBuys: taker.side === 'BUY' }, changes);
    this.#fill(taker, { price, quantity, quote, maker: false }, changes);
    this.#fill(maker, { price, quantity, quote, maker: true }, changes);
  }

  /** Takes the fee of one side and writes its fill. */
  #fill(
    order: Order,
    trade: { price: bigint; quantity: bigint; quote: bigint; maker: boolean },
    changes: Changes,
  ): void {
    if (!isOpen(order)) this.#file(order);
    if (order.account.house) return;
    const fee = feeOf(order, trade, (symbol) => this.#state.markets.get(symbol));
    pay(order.account, this.#state.till, fee.asset, fee.amount, changes);
    const fill: EngineFill = {
      tradeId: order.market.lastTradeId,
      orderId: order.id,
      accountId: order.account.id,
      symbol: order.market.symbol,
      side: order.side,
      price: written(trade.price),
      quantity: written(trade.quantity),
      quoteQuantity: written(trade.quote),
      fee: written(fee.amount),
      feeAsset: fee.asset,
      maker: trade.maker,
      at: order.updatedAt,
    };
    order.fills.push(fill);
    changes.execution(order, 'TRADE', fill);
  }

  #publish(
    market: Market,
    trade: { price: bigint; quantity: bigint; quote: bigint; takerBuys: boolean },
    changes: Changes,
  ): void {
    const at = this.#now();
    const printed: PublicTrade = {
      tradeId: market.lastTradeId,
      symbol: market.symbol,
      price: written(trade.price),
      quantity: written(trade.quantity),
      buyerIsMaker: !trade.takerBuys,
      at,
    };
    market.tape.push(printed);
    if (market.tape.length >= KEPT_TRADES + CUT_TRADES) market.tape.splice(0, CUT_TRADES);
    const closed = market.candles.trade(at, trade.price, trade.quantity, trade.quote, trade.takerBuys);
    if (closed !== null) changes.minute(market, closed);
    market.book.updateId += 1;
    changes.book(market);
    changes.trade(printed);
  }

  #rest(order: Order, changes: Changes): void {
    this.#state.lastRank += 1;
    order.rank = this.#state.lastRank;
    order.market.book.side(order.side).add(order.price as bigint, order);
    order.market.book.updateId += 1;
    changes.book(order.market);
  }

  /** Takes an order off the book, if it is on it. */
  #unrest(order: Order, changes: Changes): void {
    if (order.rank === 0) return;
    order.market.book.side(order.side).remove(order.price as bigint, order);
    order.market.book.updateId += 1;
    changes.book(order.market);
  }

  /** Keeps an order that is over; the house's are forgotten. */
  #file(order: Order): void {
    if (order.account.house) historyOf(order).forget(order);
    else this.#state.finished.add(order);
  }
}

/** A sweep goes one way: between its first and its last price lie all that it traded at. */
function touchedBy(market: Market, matches: Match[]): Order[] {
  const first = matches[0]?.maker.price;
  const last = matches.at(-1)?.maker.price;
  if (first === undefined || first === null || last === undefined || last === null) return [];
  return market.stops.takeTouched(smaller(first, last), first > last ? first : last);
}
