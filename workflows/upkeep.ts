import { proxyActivities } from '@temporalio/workflow';
import type { UpkeepActivities } from '../activities/upkeep.ts';
import { QUEUES } from './messages.ts';

const { digestDay, markDeadRuns, prune, startWithdrawals } = proxyActivities<UpkeepActivities>({
  taskQueue: QUEUES.background,
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
});

/** Every minute: a bot whose run has ended is not shown as trading. */
export async function sweep(): Promise<number> {
  return markDeadRuns();
}

/**
 * Every minute, where there is a fund: a request that was written while Temporal was away, or whose run was ended from outside,
 * gets its workflow.
 */
export async function withdrawalStarter(): Promise<number> {
  return startWithdrawals();
}

/** Every quarter of an hour: whose morning it is by now is told of the day before. */
export async function digest(): Promise<number> {
  return digestDay();
}

/** Every day: logs past `LOG_RETENTION_DAYS` go, and what else nobody asks for any more. */
export async function retention(): Promise<number> {
  return prune();
}
