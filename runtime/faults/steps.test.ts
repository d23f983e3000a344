import test from 'ava';
import type { Step } from '../../activities/dependencies.ts';
import { faultRun } from '../configuration.ts';
import type { Scope } from '../testing/database.ts';
import { startStack } from '../testing/stack.ts';
import { runCase, type Case, type Lane, type Outcome } from './case.ts';
import { tableOf } from './table.ts';
import { VENUE_TIMING } from './weather.ts';
import { startWorker } from './worker-process.ts';

const STEPS: Record<Step, true> = {
  'place:begun': true,
  'place:committed': true,
  'place:looked-up': true,
  'place:sent': true,
  'place:recorded': true,
  'cancel:begun': true,
  'cancel:sent': true,
  'resolve:begun': true,
  'resolve:asked': true,
  'resolve:recorded': true,
  'record:begun': true,
  'record:read': true,
  'record:written': true,
};

/** Most of a case is waiting for heartbeats to be missed: several go on at once. */
const LANES = 8;

test('P1: a worker killed at any step of an order doubles nothing and loses nothing, and every bot goes on', async (t) => {
  const { seeds, steps } = faultRun();
  const cases: Case[] = seeds.flatMap((seed) =>
    (Object.keys(STEPS) as Step[])
      .filter((step) => steps === null || steps.includes(step))
      .map((step) => ({ step, seed })),
  );
  const outcomes: Outcome[] = [];
  const lanes = Array.from({ length: Math.min(LANES, cases.length) }, async () => {
    let lane: Lane | null = null;
    for (let next = cases.shift(); next; next = cases.shift()) {
      lane ??= await openLane(t);
      const outcome = await runCase(t, lane, next).catch((error: unknown) => failed(next!, error));
      outcomes.push(outcome);
      // What went wrong on a stack is not the next case's business.
      if (outcome.wrong.length > 0) {
        await lane.worker.kill();
        lane = null;
      }
    }
    await lane?.worker.kill();
  });
  await Promise.all(lanes);
  t.log(tableOf(outcomes));
  t.deepEqual(
    outcomes.filter(({ wrong }) => wrong.length > 0),
    [],
    'to see one again: FAULT_SEEDS=<seed> FAULT_STEPS=<step> npx ava runtime/faults/steps.test.ts',
  );
});

async function openLane(t: Scope): Promise<Lane> {
  const stack = await startStack(t, { worker: false });
  return { stack, worker: await startWorker(t, stack, VENUE_TIMING) };
}

function failed({ step, seed }: Case, error: unknown): Outcome {
  const said = error instanceof Error ? error.message : String(error);
  return { step, seed, recoveredMs: Number.NaN, doubled: 0, lost: 0, wrong: [said] };
}
