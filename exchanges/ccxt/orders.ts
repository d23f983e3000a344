import type { Fill, Side } from '../../bots/orders.ts';
import type { VenueOrder } from '../port.ts';
import { UnreadableAnswer } from './errors.ts';
import { exact, required } from './markets.ts';
import type { CcxtOrder, CcxtTrade } from './unified.ts';

/** ccxt's words for an order's state. `expired`: the venue took the rest back (IOC, self-trade prevention). */
const STATUS: Record<string, VenueOrder['status']> = {
  open: 'OPEN',
  canceling: 'OPEN',
  closed: 'FILLED',
  canceled: 'CANCELLED',
  expired: 'CANCELLED',
  rejected: 'REFUSED',
};

/** An order as ccxt read it. Throws `UnreadableAnswer` where it lacks what an order cannot lack. */
export function toVenueOrder(order: CcxtOrder): VenueOrder {
  const status = STATUS[order.status ?? ''];
  if (!order.id || !status || !order.timestamp) throw new UnreadableAnswer('without an order');
  const type = order.type === 'market' ? 'MARKET' : 'LIMIT';
  return {
    clientOrderId: order.clientOrderId ?? '',
    orderId: order.id,
    symbol: order.symbol,
    side: toSide(order.side),
    type,
    // ccxt puts the average price in the place of the price that a market order has not.
    price: type === 'MARKET' ? null : required(order.price, 'a price'),
    quantity: required(order.amount, 'a quantity'),
    filled: required(order.filled, 'what is filled'),
    status,
    at: order.timestamp,
  };
}

/** Own trades as ccxt read them, oldest first. `quote` is the fee's asset where the venue took none. */
export function toFills(trades: readonly CcxtTrade[], quote: string): Fill[] {
  return trades.map((trade) => toFill(trade, quote)).sort(byTrade);
}

function toFill(trade: CcxtTrade, quote: string): Fill {
  if (!trade.id || !trade.order || !trade.timestamp) throw new UnreadableAnswer('without a trade');
  return {
    tradeId: trade.id,
    orderId: trade.order,
    side: toSide(trade.side),
    price: required(trade.price, 'a price'),
    quantity: required(trade.amount, 'a quantity'),
    fee: exact(trade.fee?.cost ?? '0'),
    feeAsset: trade.fee?.currency ?? quote,
    maker: trade.takerOrMaker === undefined ? null : trade.takerOrMaker === 'maker',
    at: trade.timestamp,
  };
}

/** By time, then by id: numbers as numbers, so that 9 comes before 10. */
function byTrade(a: Fill, b: Fill): number {
  return a.at - b.at || a.tradeId.length - b.tradeId.length || (a.tradeId < b.tradeId ? -1 : 1);
}

function toSide(side: string | undefined): Side {
  if (side !== 'buy' && side !== 'sell') throw new UnreadableAnswer('without a side');
  return side === 'buy' ? 'BUY' : 'SELL';
}
