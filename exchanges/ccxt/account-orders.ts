import { ExchangeError, type Exchange, type VenueOrder } from '../port.ts';
import { UnreadableAnswer, type Purpose } from './errors.ts';
import { toVenueOrder } from './orders.ts';
import type { VenueProfile } from './profile.ts';
import type { CcxtOrder, Client } from './unified.ts';

/** One call with the account's keys; `symbol`, where there is one, is a market of the venue or nothing is sent. */
export type OwnCall = <T>(
  purpose: Purpose,
  symbol: string | null,
  use: (client: Client) => Promise<T>,
  sendBefore?: number,
) => Promise<T>;

type Orders = Pick<Exchange, 'place' | 'cancel' | 'orderByClientId' | 'openOrders' | 'ordersSince'>;
type OrderKey = Parameters<Exchange['orderByClientId']>[0];

/** An account's orders. Client order ids go out and come back exactly as given. */
export function ordersOf(call: OwnCall, profile: VenueProfile): Orders {
  const { name: venue, ordersAfter, pageSize } = profile;
  const orders: Orders = {
    async place({ symbol, clientOrderId, side, type, quantity, price, sendBefore }) {
      const send = async (client: Client): Promise<VenueOrder | null> => {
        const ccxtType = type === 'LIMIT' ? 'limit' : 'market';
        const ccxtSide = side === 'BUY' ? 'buy' : 'sell';
        const order = await client.createOrder(symbol, ccxtType, ccxtSide, quantity, price ?? undefined, {
          clientOrderId,
        });
        if (!order.id) throw new UnreadableAnswer('without an order');
        return readWhole(order, clientOrderId);
      };
      const order = await call('place', symbol, send, sendBefore);
      return order ?? readBack(orders, { symbol, clientOrderId }, venue);
    },

    async cancel(key) {
      const { symbol, clientOrderId } = key;
      try {
        const order = await call('cancel', symbol, async (client) =>
          readWhole(await client.cancelOrder(undefined, symbol, { clientOrderId }), clientOrderId),
        );
        return order ?? (await readBack(orders, key, venue));
      } catch (error) {
        if (!isUnknownOrder(error)) throw error;
        // Nothing to cancel: perhaps because it was filled, or cancelled before.
        const order = await orders.orderByClientId(key);
        if (!order || order.status === 'OPEN') throw error;
        return order;
      }
    },

    async orderByClientId({ symbol, clientOrderId }) {
      try {
        return await call('read', symbol, async (client) => ({
          ...toVenueOrder(await client.fetchOrder(undefined, symbol, { clientOrderId })),
          clientOrderId,
        }));
      } catch (error) {
        if (isUnknownOrder(error)) return null;
        throw error;
      }
    },

    openOrders: (symbol) =>
      call('read', symbol, async (client) => (await client.fetchOpenOrders(symbol)).map(toVenueOrder)),

    async ordersSince({ symbol, since }) {
      const found: VenueOrder[] = [];
      let last: string | null = null;
      for (;;) {
        const params = ordersAfter(last);
        const page = await call('read', symbol, async (client) =>
          (await client.fetchOrders(symbol, undefined, pageSize, params)).map(toVenueOrder),
        );
        found.push(...page.filter(({ at }) => at >= since));
        if (page.length < pageSize) return found;
        last = page.reduce((newest, { orderId }) => later(newest, orderId), last ?? '0');
      }
    },
  };
  return orders;
}

/**
 * The order of an answer to a send, or null where the answer says no more than that it was heard. The answer to a cancel may
 * carry the cancel's own id in the place of the order's.
 */
function readWhole(order: CcxtOrder, clientOrderId: string): VenueOrder | null {
  const isWhole = order.id && order.status && order.amount && order.timestamp;
  return isWhole ? { ...toVenueOrder(order), clientOrderId } : null;
}

async function readBack(orders: Orders, key: OrderKey, venue: string): Promise<VenueOrder> {
  const order = await orders.orderByClientId(key).catch(() => null);
  if (order) return order;
  throw new ExchangeError(`${venue} accepted, but does not show the order yet. Read it again.`, {
    code: 'unreadable_answer',
    phase: 'accepted',
    retrySafe: false,
    final: false,
  });
}

/** Venues count their orders, in numbers larger than ours. */
function later(one: string, other: string): string {
  return BigInt(one) > BigInt(other) ? one : other;
}

function isUnknownOrder(error: unknown): boolean {
  return error instanceof ExchangeError && error.code === 'unknown_order' && error.phase === 'refused';
}
