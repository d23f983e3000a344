import type { AccountEvent } from '../port.ts';
import type { VenueClock } from './clock.ts';
import { ccxt } from './library.ts';
import type { VenueProfile } from './profile.ts';
import { toVenueOrder } from './orders.ts';
import { keepStreaming, type StreamSetting } from './streaming.ts';
import type { Client } from './unified.ts';

/** A venue that has not confirmed the stream by then is dialled anew, ms. */
const OPENING_MS = 10_000;

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
      await openWithin(OPENING_MS, profile.openAccountStream(client));
    } catch (error) {
      if (error instanceof ccxt.InvalidNonce) await clock.resync();
      await client.close();
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

async function openWithin(ms: number, opening: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the account's stream was not confirmed within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
    opening.catch(() => undefined);
  }
}
