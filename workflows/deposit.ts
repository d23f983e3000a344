import { continueAsNew, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { TreasuryActivities } from '../activities/fund/types.ts';
import { QUEUES, type DepositInput } from './messages.ts';

const PATIENT = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;

const { intendSweep, settleSweep } = proxyActivities<TreasuryActivities>({
  taskQueue: QUEUES.treasury,
  startToCloseTimeout: '15s',
  heartbeatTimeout: '5s',
  retry: PATIENT,
});

/** One attempt: what ended without an answer is never sent again under its id. */
const { sendSweep } = proxyActivities<TreasuryActivities>({
  taskQueue: QUEUES.treasury,
  startToCloseTimeout: '40s',
  heartbeatTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

const { resolveSweep } = proxyActivities<TreasuryActivities>({
  taskQueue: QUEUES.treasury,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '5s',
  retry: PATIENT,
});

const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = 600_000;

/**
 * One deposit's money on its way from its sub-account to main, until it is there: each attempt has an id of its own, is
 * booked before it is sent, sent once, and asked about where its answer was lost.
 */
export async function deposit({ depositId, attempts = 0 }: DepositInput): Promise<void> {
  for (let attempt = attempts + 1; ; attempt += 1) {
    const sweep = { depositId, transferId: `sweep-${depositId.replaceAll('-', '')}-${attempt}` };
    setCurrentDetails(`Attempt ${attempt} to send the money to main`);
    if (!(await intendSweep(sweep))) return;
    const outcome = (await sent(sweep)) ? 'done' : await resolveSweep(sweep);
    await settleSweep({ ...sweep, outcome });
    if (outcome === 'done') return;
    setCurrentDetails(`Attempt ${attempt} came to nothing: the money is in its sub-account`);
    await sleep(Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(attempt - 1, 10)));
    if (workflowInfo().continueAsNewSuggested)
      return continueAsNew<typeof deposit>({ depositId, attempts: attempt });
  }
}

async function sent(sweep: { depositId: string; transferId: string }): Promise<boolean> {
  try {
    return (await sendSweep(sweep)) === 'done';
  } catch {
    return false;
  }
}
