import type { Step } from '../../activities/dependencies.ts';
import type { Scope } from '../testing/database.ts';
import { startStack } from '../testing/stack.ts';
import { runCase, type Case, type Lane, type Outcome } from './case.ts';
import { VENUE_TIMING } from './weather.ts';
import { startWorker } from './worker-process.ts';

export interface Campaign {
  /** The outcomes of one step, a seed each. */
  outcomesOf(step: Step): Promise<Outcome[]>;
}

/** Most of a case is waiting for heartbeats to be missed: several go on at once, each over a stack of its own. */
const LANES = 5;

/** Kills workers at each step with each seed, step by step, over a few stacks that are used again and again. */
export function startCampaign(scope: Scope, steps: Step[], seeds: number[]): Campaign {
  const waiting = steps.flatMap((step) => seeds.map((seed) => pending({ step, seed })));
  const all = [...waiting];
  for (let lane = 0; lane < LANES; lane += 1) void drive(scope, waiting);
  return {
    outcomesOf: (step) => Promise.all(all.filter(({ of }) => of.step === step).map(({ outcome }) => outcome)),
  };
}

interface Pending {
  of: Case;
  outcome: Promise<Outcome>;
  settle(outcome: Outcome): void;
}

function pending(of: Case): Pending {
  let settle!: Pending['settle'];
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve;
  });
  return { of, outcome, settle };
}

/** One case after the other, each with the worker that the one before left alive. */
async function drive(scope: Scope, waiting: Pending[]): Promise<void> {
  let lane: Lane | null = null;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    try {
      lane ??= await openLane(scope);
      const outcome = await runCase(scope, lane, next.of);
      next.settle(outcome);
      // What went wrong on a stack is not the next case's business.
      if (outcome.wrong.length === 0) continue;
      await lane.worker.kill();
      lane = null;
    } catch (error) {
      next.settle(failed(next.of, error));
      lane = null;
    }
  }
  await lane?.worker.kill();
}

async function openLane(scope: Scope): Promise<Lane> {
  const stack = await startStack(scope, { worker: false });
  const settings = { timing: VENUE_TIMING, impatient: true };
  return { stack, settings, worker: await startWorker(scope, stack, settings) };
}

function failed(of: Case, error: unknown): Outcome {
  const said = error instanceof Error ? error.message : String(error);
  return { ...of, recoveredMs: null, doubled: 0, lost: 0, wrong: [said] };
}
