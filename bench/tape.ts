import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A trade as the venue's stream tells it; `at` is the venue's own time of it, epoch ms. */
export interface Printed {
  price: string;
  quantity: string;
  at: number;
}

/** Every trade of some markets since `open`. */
export interface Tape {
  /** The first trade of `market` that passes, later than what has been forgotten; rejects when none comes in time. */
  find(market: string, passes: (trade: Printed) => boolean): Promise<Printed>;
  /** Forgets what it has seen. */
  rewind(): void;
  close(): void;
}

const PATIENCE_MS = 30_000;

/** Listens to the exchange as any client would. Markets are named like `BTCUSDT`. */
export async function openTape(exchangeUrl: string, markets: readonly string[]): Promise<Tape> {
  const streams = markets.map((market) => `${market.toLowerCase()}@trade`).join('/');
  const socket = new WebSocket(`${exchangeUrl.replace('http', 'ws')}/stream?streams=${streams}`);
  let seen: (Printed & { market: string })[] = [];
  const listeners = new Set<() => void>();
  socket.on('message', (message: Buffer) => {
    const { data } = JSON.parse(message.toString()) as {
      data?: Record<'s' | 'p' | 'q', string> & { T: number };
    };
    if (!data?.s) return;
    seen.push({ market: data.s, price: data.p, quantity: data.q, at: data.T });
    for (const listener of listeners) listener();
  });
  await once(socket, 'open');
  return {
    find(market, passes) {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          clearTimeout(late);
          listeners.delete(look);
          settle();
        };
        const look = (): void => {
          const found = seen.find((trade) => trade.market === market && passes(trade));
          if (found) end(() => resolve(found));
        };
        const late = setTimeout(
          () => end(() => reject(new Error(`The awaited trade of ${market} did not come`))),
          PATIENCE_MS,
        );
        listeners.add(look);
        look();
      });
    },
    rewind() {
      seen = [];
    },
    close: () => socket.close(),
  };
}
