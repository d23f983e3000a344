import type { Exchange, VenueOrder } from '../exchanges/port.ts';

/** Two answers about an order agree where they are at least this far apart. */
export const AGREEMENT_MS = 1_000;

/**
 * Asks a venue for an order: by our id, which finds closed orders too, then among the open ones, for venues index the two
 * apart. A venue's list of trades is no help: it names orders by the venue's own id, which nobody has learnt yet.
 */
export async function findOrder(
  exchange: Exchange,
  { symbol, clientOrderId }: { symbol: string; clientOrderId: string },
): Promise<VenueOrder | null> {
  const byId = await exchange.orderByClientId({ symbol, clientOrderId });
  if (byId) return byId;
  const open = await exchange.openOrders(symbol);
  return open.find((order) => order.clientOrderId === clientOrderId) ?? null;
}
