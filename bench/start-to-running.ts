import { setTimeout as sleep } from 'node:timers/promises';
import { isOwnOrderId } from '../bots/ids.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';
import { createBot, withSystem, type System } from './system.ts';

const WARM_UP = 3;
const BOTS = 40;
const PATIENCE_MS = 30_000;
/** Its first look at the market leads to an order that rests, so that the venue tells when it is at work. */
const BOT = { ticker: 'BTC/USDT', quantity: 0.001, buy_price: 60_000, sell_price: 70_000 };

export const startToRunning: Measurement = {
  name: 'start-to-running',
  what: 'from the request that creates a bot to its being ACTIVE, and to its first order at the venue; one at a time',
  run: () => withSystem({}, measure),
};

async function measure(system: System): Promise<Figure[]> {
  const active: number[] = [];
  const ordered: number[] = [];
  for (let n = 0; n < WARM_UP + BOTS; n++) {
    const asked = Date.now();
    const id = await createBot(system, BOT);
    const isActive = Date.now();
    const orderedAt = await firstOrder(system, id, asked);
    if (n >= WARM_UP) {
      active.push(isActive - asked);
      ordered.push(orderedAt - asked);
    }
    await system.ask('DELETE', `/bots/${id}`);
  }
  return [
    { name: 'created and ACTIVE, p50', value: percentile(active, 0.5), unit: 'ms' },
    { name: 'created and ACTIVE, p99', value: percentile(active, 0.99), unit: 'ms' },
    { name: 'first order at the venue, p50', value: percentile(ordered, 0.5), unit: 'ms' },
    { name: 'first order at the venue, p99', value: percentile(ordered, 0.99), unit: 'ms' },
  ];
}

/** When the venue answered the bot's first order, epoch ms by the venue's clock, which is ours. */
async function firstOrder({ requests }: System, botId: string, since: number): Promise<number> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(50)) {
    const order = (await requests(since - 1)).find(
      ({ method, path, clientOrderId, status }) =>
        method === 'POST' &&
        path === '/api/v3/order' &&
        status === 200 &&
        isOwnOrderId(botId, clientOrderId ?? ''),
    );
    if (order) return order.at;
  }
  throw new Error(`The bot ${botId} has placed no order within ${PATIENCE_MS / 1_000} s`);
}
