import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { TreasuryActivities } from '../activities/fund/types.ts';
import { fund } from './fund.ts';
import { FUND_SIGNALS, FUND_WORKFLOW_ID, QUEUES, type DepositAddressInput } from './messages.ts';

const { observeDeposits, checkSolvency } = proxyActivities<TreasuryActivities>({
  taskQueue: QUEUES.treasury,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
});

/** A person waits for it. */
const { openDepositAddress } = proxyActivities<TreasuryActivities>({
  taskQueue: QUEUES.treasury,
  startToCloseTimeout: '20s',
  heartbeatTimeout: '5s',
  scheduleToCloseTimeout: '1m',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Every `DEPOSIT_POLL_SECONDS`: what came in is recorded; as long as deposits wait for units the fund is told. */
export async function depositMonitor(): Promise<void> {
  const { waiting } = await observeDeposits();
  if (waiting > 0) await tellFund(FUND_SIGNALS.depositsSeen);
}

/** Every half minute: ledger, exchange and units are compared; what differs freezes dealing. */
export async function solvency(): Promise<string[]> {
  return checkSolvency();
}

/** Every five minutes: the fund is valued, whether it traded or not. */
export async function valuation(): Promise<void> {
  await tellFund(FUND_SIGNALS.snapshot);
}

/** A holder's first address on a network. */
export async function depositAddress(input: DepositAddressInput): Promise<void> {
  await openDepositAddress(input);
}

/** Signals the fund, which begins with the first word to it. */
async function tellFund(signal: string): Promise<void> {
  try {
    await startChild(fund, {
      workflowId: FUND_WORKFLOW_ID,
      args: [{}],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  await getExternalWorkflowHandle(FUND_WORKFLOW_ID).signal(signal);
}
