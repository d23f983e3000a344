import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, type Figure, type Measurement } from './measurement.ts';
import { createBot, inParallel, withSystem, type System } from './system.ts';
import { openTape, type Printed, type Tape } from './tape.ts';

const BOTS_A_MARKET = 25;
/** Market, the price it stands at, and the quantity of an order: worth far less than what the venue's own makers trade. */
const MARKETS = [
  ['BTC', 65_000, 0.001],
  ['ETH', 3_200, 0.01],
  ['BNB', 600, 0.05],
  ['SOL', 150, 0.2],
] as const;
const SMALL_NOTIONAL = 100;

/** Between the prices of two bots of a market; how far beyond its own a bot's price goes; how far it must turn. Fractions. */
const APART = 0.002;
const BEYOND = 0.0015;
const TURN = 0.0005;
/** Ticks in quick succession are looked at in batches of 200 ms: some triggers fall into one, some do not. */
const LONGEST_PAUSE_MS = 400;

type Side = 'BUY' | 'SELL';
type Market = (typeof MARKETS)[number];

export const triggerToOrder: Measurement = {
  name: 'trigger-to-order',
  what: `${MARKETS.length * BOTS_A_MARKET} active bots; a price turns, one of them follows it: from the trade that turned to its order's own trade, by the venue's clock`,
  run: (say) => withSystem({}, (system) => measure(system, say)),
};

async function measure(system: System, say: (line: string) => void): Promise<Figure[]> {
  for (const [base, price] of MARKETS) await move(system, base, price);
  const bots = MARKETS.flatMap((market) => Array.from({ length: BOTS_A_MARKET }, (_, n) => ({ market, n })));
  await inParallel(bots, 4, async ({ market: [base, price, quantity], n }) => {
    await createBot(system, {
      ...{ ticker: `${base}/USDT`, quantity, trailing_percent: TURN * 100 },
      ...{ buy_price: rounded(price * target('BUY', n)), sell_price: rounded(price * target('SELL', n)) },
    });
  });
  say(`${bots.length} bots watch`);
  const tape = await openTape(
    system.exchangeUrl,
    MARKETS.map(([base]) => `${base}USDT`),
  );
  const times: Record<Side, number[]> = { BUY: [], SELL: [] };
  for (const side of ['BUY', 'SELL'] as const) {
    for (let n = 0; n < BOTS_A_MARKET; n++)
      for (const market of MARKETS) times[side].push(await trigger({ system, tape }, market, side, n));
    say(`${times[side].length} ${side} orders`);
    for (const [base, price] of MARKETS) await move(system, base, price);
  }
  tape.close();
  const all = [...times.BUY, ...times.SELL];
  return [
    { name: 'price turns to order accepted, p50', value: percentile(all, 0.5), unit: 'ms' },
    {
      name: 'price turns to order accepted, p99',
      value: percentile(all, 0.99),
      unit: 'ms',
      bound: { atMost: 500 },
    },
    { name: 'the longest', value: Math.max(...all), unit: 'ms' },
  ];
}

/** Where the bot's own price is, as a share of the market's first: buys ever lower, sales ever higher. */
function target(side: Side, n: number): number {
  return side === 'BUY' ? 1 - APART * (n + 1) : 1 + APART * (n + 1);
}

/** Takes the price past the bot's own and then back until the bot must act; returns how long that took it, ms. */
async function trigger(
  { system, tape }: { system: System; tape: Tape },
  [base, price]: Market,
  side: Side,
  n: number,
): Promise<number> {
  const outward = side === 'BUY' ? -1 : 1;
  const extreme = rounded(price * target(side, n) * (1 + outward * BEYOND));
  const turned = extreme * (1 - outward * TURN);
  await move(system, base, extreme);
  await sleep(Math.random() * LONGEST_PAUSE_MS);
  tape.rewind();
  await move(system, base, rounded(turned * (1 - outward * 0.0001)));
  const crossed = await tape.find(`${base}USDT`, (trade) =>
    side === 'BUY' ? Number(trade.price) >= turned : Number(trade.price) <= turned,
  );
  const own = await tape.find(`${base}USDT`, isSmall);
  return own.at - crossed.at;
}

function isSmall({ price, quantity }: Printed): boolean {
  return Number(price) * Number(quantity) < SMALL_NOTIONAL;
}

function move(system: System, base: string, price: number): Promise<void> {
  return system.control('/prices', { symbol: `${base}USDT`, price: String(rounded(price)) });
}

function rounded(price: number): number {
  return Number(price.toFixed(2));
}
