import test, { type ExecutionContext } from 'ava';
import { WITHDRAWAL_STEPS, type WithdrawalStep } from '../../activities/fund/withdrawals/dependencies.ts';
import { readPortfolio } from '../../db/fund/holders.ts';
import { faultRun } from '../configuration.ts';
import { EAGER_SETTINGS, fundDoors, type FundDoors, type Person } from '../testing/fund-doors.ts';
import { NETWORK, openFund } from '../testing/funded-stack.ts';
import { startStack } from '../testing/stack.ts';
import { startWorker } from './worker-process.ts';

const APPLY = { method: 'POST', path: '/sapi/v1/capital/withdraw/apply' };
/** Of a payment, and of one that the network takes too much of to be sent. */
const [PAID, REFUSED] = [20, 0.2];

/** After what cannot be undone, and before anybody has been told of it: where strikes tell most. */
const TELLING: ReadonlySet<WithdrawalStep> = new Set<WithdrawalStep>([
  ...(['approve:recorded', 'close:recorded', 'stage:sent', 'send:intended', 'send:sent'] as const),
  ...(['ask:asked', 'confirm:asked', 'return:sent'] as const),
]);

const { steps: chosen, isLong } = faultRun();
const STEPS = WITHDRAWAL_STEPS.filter((step) =>
  chosen === null ? isLong || TELLING.has(step) : chosen.includes(step),
);

const PARTS = {
  'agreed to, refused and sent': ['approve', 'close', 'stage', 'send'],
  'asked for, confirmed and given back': ['ask', 'confirm', 'return'],
};

for (const [what, parts] of Object.entries(PARTS))
  test(`P3: a worker killed at any step of a withdrawal that is ${what} pays it once, or not at all`, async (t) => {
    const steps = STEPS.filter((step) => parts.some((part) => step.startsWith(`${part}:`)));
    t.log(`killed at ${steps.join(', ')}`);
    await killedAtEach(t, steps);
  });

/** One withdrawal a step, through the API; the next begins while the last recovers. */
async function killedAtEach(t: ExecutionContext, steps: WithdrawalStep[]): Promise<void> {
  t.timeout(150_000);
  const stack = await startStack(t, { worker: false, settings: EAGER_SETTINGS });
  const fund = await openFund(stack);
  const doors = fundDoors(fund);
  const { control } = stack.exchange;
  let worker = await startWorker(t, stack);
  const [holder, admin] = [await doors.investor('1000'), await doors.person('admin')];
  const requested: { id: string; step: WithdrawalStep; decided: Promise<number> }[] = [];
  for (const step of steps) {
    if (step.startsWith('ask')) control.addFault({ kind: 'lost_answer', match: APPLY });
    const { body } = await doors.ask(holder, step.startsWith('return') ? REFUSED : PAID);
    const { id } = body.data;
    worker.arm({ step, of: id, nth: 1, signal: 'SIGKILL' });
    requested.push({
      id,
      step,
      decided: decide(doors, id, { as: admin, rejects: step.startsWith('close') }),
    });
    const mining = setInterval(() => control.chain.mine(NETWORK, 20), 200);
    t.is((await worker.exited).by, 'SIGKILL', step);
    clearInterval(mining);
    control.clearFaults();
    worker = await startWorker(t, stack);
  }
  for (const { id, step, decided } of requested) {
    t.true([200, 409].includes(await decided), step);
    const { status } = await doors.ended(id, admin);
    t.deepEqual([status, doors.effects(id)], endOf(step), step);
  }
  const paid = steps.filter((step) => endOf(step)[0] === 'completed').length * PAID;
  t.like(await readPortfolio(stack.knex, holder.userId), {
    ...{ units: `${1_000 - paid}`, locked: '0', reserved: '0', withdrawn: `${paid}` },
  });
  t.deepEqual(await doors.wrong(), []);
}

/** Asks until there is an answer: 409 where the first asking was carried out after all. */
async function decide(
  { approve, send }: FundDoors,
  id: string,
  { as, rejects }: { as: Person; rejects: boolean },
): Promise<number> {
  const path = `/admin/reject-withdrawal/${id}`;
  const { status } = await (rejects ? send('POST', path, as, { reason: 'not theirs' }) : approve(id, as));
  return status;
}

function endOf(step: WithdrawalStep) {
  if (step.startsWith('close')) return ['rejected', { staged: 0, withdrawals: 0, returned: 0 }] as const;
  if (step.startsWith('return')) return ['failed', { staged: 1, withdrawals: 0, returned: 1 }] as const;
  return ['completed', { staged: 1, withdrawals: 1, returned: 0 }] as const;
}
