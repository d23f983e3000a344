import ccxt from 'ccxt';
import type { AccountEvent } from '../port.ts';
import type { Client } from './client.ts';
import type { VenueClock } from './clock.ts';
import type { VenueProfile } from './profile.ts';
import { toVenueOrder } from './orders.ts';
import { keepStreaming, type StreamSetting } from './streaming.ts';

/**
 * Changes of an account's own orders, all symbols. `reconnected` each time the venue has confirmed the stream, the first time
 * too: from then on nothing is missed, before it something may have been. Returns what ends it.
 */
export function streamAccount(
  {
    client,
    profile,
    clock,
    setting,
  }: { client: Client; profile: VenueProfile; clock: VenueClock; setting: StreamSetting },
  emit: (event: AccountEvent) => void,
): () => void {
  const stop = keepStreaming('account', setting, async (healthy, stopped) => {
    await clock.ready();
    try {
      await profile.openAccountStream(client);
    } catch (error) {
      if (error instanceof ccxt.InvalidNonce) await clock.resync();
      throw error;
    }
    for (let first = true; !stopped(); first = false) {
      const change = client.watchOrders();
      // Only once the next change has somebody waiting for it.
      if (first) emit({ type: 'reconnected' });
      for (const order of await change) {
        if (stopped()) return;
        healthy();
        const { symbol, orderId, clientOrderId, status, filled } = toVenueOrder(order);
        emit({ type: 'order', symbol, orderId, clientOrderId, status, filled });
      }
    }
  });

  return () => {
    stop();
    client.close().catch(() => undefined);
  };
}
