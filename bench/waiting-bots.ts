import { Client, Connection } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { botWorkflowId } from '../workflows/messages.ts';
import type { Figure, Measurement } from './measurement.ts';
import type { Usage } from './processes.ts';
import { createBot, inParallel, withSystem, type NewBot, type System } from './system.ts';

const BOTS = 1_000;
/** Of those, as many have an order at rest: a venue lets an account rest 200 in a market and send 100 in 10 s. */
const RESTING = 200;
const STARTED_AT_ONCE = 8;
/** The venue takes 100 orders of an account in 10 s: so long are the last of them tried again. */
const SETTLE_MS = 120_000;
const WINDOW_MS = 75_000;

/** Market, start price, least quantity worth an order. The prices swing by 0.3 % around the start price. */
const MARKETS = [
  ['BTC/USDT', 65_000, 0.001],
  ['ETH/USDT', 3_200, 0.01],
  ['BNB/USDT', 600, 0.05],
  ['SOL/USDT', 150, 0.2],
  ['XRP/USDT', 0.6, 50],
] as const;

export const waitingBots: Measurement = {
  name: 'waiting-bots',
  what: `${BOTS} bots that wait while five markets move; every process of \`npm start\` counted`,
  run: (say) => withSystem({}, (system) => measure(system, say)),
};

async function measure(system: System, say: (line: string) => void): Promise<Figure[]> {
  const before = system.usage();
  const begun = performance.now();
  const ids: string[] = [];
  await inParallel(
    Array.from({ length: BOTS }, (_, n) => waitingBot(n)),
    STARTED_AT_ONCE,
    async (bot) => void ids.push(await createBot(system, bot)),
  );
  const startSeconds = (performance.now() - begun) / 1_000;
  say(`${BOTS} bots started in ${startSeconds.toFixed(1)} s, ${spent(before, system.usage(), 1)}`);
  await system.control('/prices/unfreeze');
  await sleep(SETTLE_MS);

  const connection = await Connection.connect({ address: system.temporalAddress });
  const client = new Client({ connection });
  const eventsAtFirst = await historyEvents(client, ids);
  const from = system.usage();
  const since = performance.now();
  await sleep(WINDOW_MS);
  const seconds = (performance.now() - since) / 1_000;
  const to = system.usage();
  const events = (await historyEvents(client, ids)) - eventsAtFirst;
  await connection.close();
  const active = await system.ask<{ active_bots: number }>('GET', '/bots/statistics/summary');
  if (active.active_bots < BOTS) throw new Error(`Only ${active.active_bots} of ${BOTS} bots still wait`);

  const cores = Object.keys(to).map((part) => [part, coresOf(part, from, to, seconds)] as const);
  say(`cores: ${spent(from, to, seconds)}`);
  say(`MB: ${told(Object.entries(to).map(([part, { megabytes }]) => [part, megabytes.toFixed(0)]))}`);
  return [
    {
      name: 'processor, all processes together',
      value: cores.reduce((sum, [, value]) => sum + value, 0),
      unit: 'cores',
      bound: { atMost: 0.6 },
    },
    ...cores.map(([part, value]): Figure => ({ name: `processor, ${part}`, value, unit: 'cores' })),
    {
      name: 'memory, all processes together',
      value: Object.values(to).reduce((sum, { megabytes }) => sum + megabytes, 0),
      unit: 'MB',
      bound: { atMost: 1_500 },
    },
    ...Object.entries(to).map(([part, { megabytes }]): Figure => ({
      name: `memory, ${part}`,
      value: megabytes,
      unit: 'MB',
    })),
    {
      name: 'history of a bot in an hour',
      value: ((events / BOTS) * 3_600) / seconds,
      unit: 'events',
      bound: { atMost: 300 },
    },
    { name: 'starting all of them, one request each', value: startSeconds, unit: 's' },
  ];
}

/** Too far below the market for any swing; the last have their order at rest, the others have it in mind. */
function waitingBot(n: number): NewBot {
  const [ticker, price, quantity] = MARKETS[n % MARKETS.length]!;
  const distance = 0.98 - 0.0001 * Math.floor(n / MARKETS.length);
  return {
    ticker,
    quantity,
    buy_price: rounded(price * distance),
    sell_price: rounded(price * 1.1),
    ...(n < BOTS - RESTING && { trailing_percent: 0.5 }),
  };
}

function rounded(price: number): number {
  return Number(price.toFixed(price < 1 ? 4 : 2));
}

async function historyEvents(client: Client, ids: string[]): Promise<number> {
  let events = 0;
  await inParallel(ids, 16, async (id) => {
    const { historyLength } = await client.workflow.getHandle(botWorkflowId(id)).describe();
    events += historyLength;
  });
  return events;
}

function coresOf(
  part: string,
  from: Record<string, Usage>,
  to: Record<string, Usage>,
  seconds: number,
): number {
  return ((to[part]?.cpuSeconds ?? 0) - (from[part]?.cpuSeconds ?? 0)) / seconds;
}

function spent(from: Record<string, Usage>, to: Record<string, Usage>, seconds: number): string {
  return told(Object.keys(to).map((part) => [part, coresOf(part, from, to, seconds).toFixed(3)]));
}

function told(parts: [name: string, value: string][]): string {
  return parts.map(([name, value]) => `${name} ${value}`).join(', ');
}
