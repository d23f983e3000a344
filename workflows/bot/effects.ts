import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { LedgerActivities, TradingActivities, WatchActivities } from '../../activities/types.ts';
import { QUEUES } from '../messages.ts';

/** Retries are declared by kind; what is final is marked so by the failure itself. */
const PATIENT = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' } as const;

/**
 * Quick writes and reads of the bot's own rows, within the workflow task that asks for them: a command is answered without
 * another round through the server. Each may be repeated: what has been written is not written again.
 */
export const ledger = proxyLocalActivities<LedgerActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

/**
 * The long-running watch. A dead worker's watches are released by those that are left; heartbeats, few because there are
 * as many as bots, are for when none is. The day's bound only renews the attempt. A cancelled watch is not waited for: its
 * writes are fenced by its turn.
 */
export function watch(summary: string): WatchActivities {
  return proxyActivities<WatchActivities>({
    taskQueue: QUEUES.watch,
    startToCloseTimeout: '1 day',
    heartbeatTimeout: '60s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: PATIENT,
    summary,
  });
}

type Repeatable = Pick<TradingActivities, 'cancel' | 'record' | 'windDown'>;

/** Calls to one venue, on the queue that keeps its limits. */
export interface Trading extends Repeatable, Pick<TradingActivities, 'place' | 'resolve'> {}

/** The trading activities of one exchange. */
export function trading(exchange: string, summary: string): Trading {
  const taskQueue = QUEUES.trade(exchange);
  const heartbeatTimeout = '5s';
  const repeatable = proxyActivities<Repeatable>({
    taskQueue,
    heartbeatTimeout,
    startToCloseTimeout: '30s',
    retry: PATIENT,
    summary,
  });
  const asking = proxyActivities<Pick<TradingActivities, 'resolve'>>({
    taskQueue,
    heartbeatTimeout,
    startToCloseTimeout: '10m',
    retry: PATIENT,
    summary,
  });
  // One attempt: whatever ends it without an answer means "unknown", which is asked for and never sent again.
  const once = proxyActivities<Pick<TradingActivities, 'place'>>({
    taskQueue,
    heartbeatTimeout,
    startToCloseTimeout: '20s',
    scheduleToStartTimeout: '30s',
    retry: { maximumAttempts: 1 },
    summary,
  });
  return {
    place: once.place,
    resolve: asking.resolve,
    cancel: repeatable.cancel,
    record: repeatable.record,
    windDown: repeatable.windDown,
  };
}
