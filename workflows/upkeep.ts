import { proxyActivities } from '@temporalio/workflow';
import type { UpkeepActivities } from '../activities/upkeep.ts';
import { QUEUES } from './messages.ts';

const { markDeadRuns, prune } = proxyActivities<UpkeepActivities>({
  taskQueue: QUEUES.background,
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
});

/** Every minute: a bot whose run has ended is not shown as trading. */
export async function sweep(): Promise<number> {
  return markDeadRuns();
}

/** Every day: logs past `LOG_RETENTION_DAYS` go, and what else nobody asks for any more. */
export async function retention(): Promise<number> {
  return prune();
}
