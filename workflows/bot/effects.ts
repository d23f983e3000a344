import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { LedgerActivities, TradingActivities, WatchActivities } from '../../activities/types.ts';
import { QUEUES } from '../messages.ts';

/** Retries are declared by kind; what is final is marked so by the failure itself. */
const PATIENT = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' } as const;

/**
 * Quick writes and reads of the bot's own rows: on the workflow's own queue, so that they are dispatched at once. What a
 * person waits for ends after a while, so that a command that cannot succeed holds up no other; what the bot itself has to
 * tell its row is told until it is heard. `summary` is what the Temporal UI shows beside each, here and below.
 */
export function ledger(summary: string): LedgerActivities {
  const retry = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' } as const;
  const told = { startToCloseTimeout: '10s', retry, summary } as const;
  const { load, entomb, setStatus } = proxyActivities<LedgerActivities>(told);
  const asked = proxyActivities<LedgerActivities>({ ...told, scheduleToCloseTimeout: '1m' });
  return { load, entomb, setStatus, start: asked.start, configure: asked.configure, erase: asked.erase };
}

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
  // One attempt: what ended without an answer is never sent again.
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
