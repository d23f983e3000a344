import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step, Timing } from '../../activities/dependencies.ts';
import type { FaultInput } from '../../exchanges/simulated/control/faults.ts';
import type { Random } from '../../exchanges/simulated/prices/random.ts';
import { Unavailable, type BotAddress, type BotClient } from '../../workflows/client.ts';
import type { Command, CommandResult } from '../../workflows/messages.ts';
import type { Stack } from '../testing/stack.ts';

/** Longer than a late order of `venueFaults` needs; short, so that a test need not wait for Binance's own bounds. */
export const VENUE_TIMING: Partial<Timing> = { acceptance: 1_500, reconcileEvery: 3_000 };
const LATE_MS = 700;

/** Something that goes on until it is stopped. */
export interface Weather {
  stop(): Promise<void>;
}

/** A whole number from `least` to `most`, both included. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.next() * (most - least + 1));
}

/** Down through every buy price, up through every sell price, and back. */
const SWING = [45_450, 44_950, 44_600, 44_750, 45_200, 45_700, 46_100, 46_700, 46_400, 45_900];
const MARKET_STEP_MS = 300;

export function startMarket({ exchange }: Stack, random: Random): Weather {
  let at = between(random, 0, SWING.length - 1);
  return repeat(async (signal) => {
    at = (at + 1) % SWING.length;
    exchange.control.movePrice('BTCUSDT', String(SWING[at]! + between(random, -40, 40)));
    await sleep(MARKET_STEP_MS, undefined, { signal });
  });
}

/** One bot is stopped and started, paused and resumed, and given another price; each command is repeated until it is answered. */
export function startCommands({ bots }: Stack, bot: BotAddress, random: Random): Weather {
  const pairs = [
    [{ name: 'stop', mode: 'keep' }, { name: 'start' }],
    [{ name: 'pause' }, { name: 'resume' }],
    [{ name: 'configure', change: { buy_price: '44850' } }],
    [{ name: 'configure', change: { buy_price: '44950' } }],
  ] as const;
  return repeat(async (signal) => {
    for (const command of pairs[between(random, 0, pairs.length - 1)]!) {
      await sleep(between(random, 100, 600), undefined, { signal });
      await insist(bots, bot, { ...command, commandId: randomUUID() });
    }
  });
}

/** Repeats a command under its one id until it is answered. */
export async function insist(bots: BotClient, bot: BotAddress, command: Command): Promise<CommandResult> {
  for (;;)
    try {
      return await bots.command(bot, command);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(200);
    }
}

/** What is wrong with the venue: always something with its answers to orders where outcomes are to be resolved. */
export function venueFaults(step: Step, random: Random): FaultInput[] {
  const pick = (faults: FaultInput[], likelihood: number): FaultInput[] =>
    random.next() < likelihood ? [faults[between(random, 0, faults.length - 1)]!] : [];
  const often = { probability: 0.3, seed: between(random, 1, 1_000_000) };
  const place = { ...often, match: { method: 'POST', path: '/api/v3/order' } };
  const cancel = { ...often, match: { method: 'DELETE', path: '/api/v3/order' } };
  const read = { ...often, probability: 0.1, match: { method: 'GET', path: '/api/v3/order' } };
  const arriving: FaultInput[] = [
    { kind: 'lost_answer', ...place },
    { kind: 'timeout', effect: true, ...place },
    { kind: 'malformed_json', effect: true, ...place },
    { kind: 'status', status: 502, effect: true, ...place },
    { kind: 'delayed_acceptance', ms: LATE_MS, ...place },
    { kind: 'delayed_acceptance', ms: LATE_MS, answer: 'drop', ...place },
  ];
  const lost: FaultInput[] = [
    { kind: 'lost_request', ...place },
    { kind: 'timeout', effect: false, ...place },
  ];
  return [
    // What never arrived is never found, so nothing of it is recorded.
    ...pick(
      step === 'resolve:recorded' ? arriving : [...arriving, ...lost],
      step.startsWith('resolve') ? 1 : 0.6,
    ),
    ...pick(
      [
        { kind: 'lost_answer', ...cancel },
        { kind: 'lost_request', ...cancel },
        { kind: 'malformed_json', effect: true, ...cancel },
      ],
      0.4,
    ),
    ...pick(
      [
        { kind: 'timeout', ...read },
        { kind: 'malformed_json', ...read },
      ],
      0.3,
    ),
    ...pick(
      [
        { kind: 'duplicate_events', ...often },
        { kind: 'out_of_order_events', ...often },
        { kind: 'withheld_events', ...often },
        { kind: 'dropped_socket', ...often },
      ],
      0.6,
    ),
  ];
}

function repeat(round: (signal: AbortSignal) => Promise<void>): Weather {
  const abort = new AbortController();
  const { signal } = abort;
  const done = (async () => {
    while (!signal.aborted)
      await round(signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  })();
  // It may fail before anybody waits for it: `stop` tells.
  done.catch(() => undefined);
  return {
    stop() {
      abort.abort();
      return done;
    },
  };
}
