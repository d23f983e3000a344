import test, { type ExecutionContext } from 'ava';
import type { Step } from '../../activities/dependencies.ts';
import { faultRun } from '../configuration.ts';
import { startCampaign, type Campaign } from './campaign.ts';
import { tableOf } from './table.ts';

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

const { seeds, steps: chosen } = faultRun();
const steps = (Object.keys(STEPS) as Step[]).filter((step) => chosen === null || chosen.includes(step));

for (const step of steps)
  test(`P1: a worker killed at ${step} doubles nothing, loses nothing, and every bot goes on`, async (t) => {
    const outcomes = await campaign(t).outcomesOf(step);
    t.deepEqual(
      outcomes.flatMap(({ seed, wrong }) => wrong.map((what) => `seed ${seed}: ${what}`)),
      [],
      `to see one again: FAULT_SEEDS=<seed> FAULT_STEPS=${step} npx ava runtime/faults/steps.test.ts`,
    );
  });

test('P1: a worker was killed at every step of an order, with every seed', async (t) => {
  const outcomes = (await Promise.all(steps.map((step) => campaign(t).outcomesOf(step)))).flat();
  t.log(tableOf(outcomes));
  t.is(outcomes.filter(({ recoveredMs }) => recoveredMs !== null).length, steps.length * seeds.length);
});

let running: Campaign | null = null;
const ends: (() => unknown)[] = [];
let members = 0;

/** The one campaign of all tests here, which ends with the last of them. */
function campaign(t: ExecutionContext): Campaign {
  members += 1;
  t.teardown(async () => {
    members -= 1;
    if (members === 0) for (const end of ends.toReversed()) await end();
  });
  running ??= startCampaign({ teardown: (end) => ends.push(end) }, steps, seeds);
  return running;
}
