import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, type Figure, type Measurement } from './measurement.ts';
import type { Usage } from './processes.ts';
import { createBot, withSystem, type System } from './system.ts';

const WARM_UP = 5;
const ROUNDS = 50;
/** What follows a command (the watch ends, another begins) is over before the next one is given. */
const SETTLE_MS = 250;
const COMMANDS = ['pause', 'resume', 'stop', 'start'] as const;
/** Far below the market and trailing: it waits, and nothing rests on the venue. */
const BOT = {
  ...{ ticker: 'BTC/USDT', quantity: 0.001, buy_price: 50_000, sell_price: 70_000 },
  trailing_percent: 0.5,
};

export const commands: Measurement = {
  name: 'commands',
  what: 'commands to a bot through the API, one at a time, each once the bot has settled and answered when it has been carried out',
  run: () => withSystem({}, measure),
};

async function measure(system: System): Promise<Figure[]> {
  const id = await createBot(system, BOT);
  const times = new Map(COMMANDS.map((command) => [command, [] as number[]]));
  let from = system.usage();
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    if (round === WARM_UP) from = system.usage();
    for (const command of COMMANDS) {
      await sleep(SETTLE_MS);
      const asked = performance.now();
      await system.ask('POST', `/bots/${id}/${command}`);
      if (round >= WARM_UP) times.get(command)!.push(performance.now() - asked);
    }
  }
  const spent = cpuSeconds(system.usage()) - cpuSeconds(from);
  const all = [...times.values()].flat();
  return [
    { name: 'any command, p50', value: percentile(all, 0.5), unit: 'ms' },
    { name: 'any command, p99', value: percentile(all, 0.99), unit: 'ms', bound: { atMost: 100 } },
    // Of all processes together: what a busy machine cannot hide.
    { name: 'any command, processor time', value: (spent * 1_000) / all.length, unit: 'ms' },
    ...[...times].map(([command, own]): Figure => {
      return { name: `${command}, p50`, value: percentile(own, 0.5), unit: 'ms' };
    }),
  ];
}

function cpuSeconds(usage: Record<string, Usage>): number {
  return Object.values(usage).reduce((sum, part) => sum + part.cpuSeconds, 0);
}
