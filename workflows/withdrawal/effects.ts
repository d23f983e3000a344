import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { WithdrawalDecisions, WithdrawalMoves } from '../../activities/fund/withdrawals/types.ts';
import { QUEUES } from '../messages.ts';

/**
 * Writes and reads of the request, and the fund's prices. What a person waits for ends after a while; the rest is told until it is
 * heard. Here and below: a dead worker is noticed by its heartbeats, and `summary` is what the Temporal UI shows beside each.
 */
export function decisions(summary: string): WithdrawalDecisions {
  const retry = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;
  const told = { startToCloseTimeout: '20s', heartbeatTimeout: '5s', retry, summary } as const;
  const { loadWithdrawal, forestall, review, takeBack } = proxyActivities<WithdrawalDecisions>(told);
  const asked = proxyActivities<WithdrawalDecisions>({ ...told, scheduleToCloseTimeout: '1m' });
  return {
    loadWithdrawal,
    forestall,
    review,
    takeBack,
    approve: asked.approve,
    close: asked.close,
    resolve: asked.resolve,
  };
}

/** Moves of money, where the treasury's keys are. */
export function moves(summary: string): WithdrawalMoves {
  const on = { taskQueue: QUEUES.treasury, heartbeatTimeout: '5s', summary } as const;
  const repeatable = proxyActivities<Pick<WithdrawalMoves, 'stage' | 'giveUp' | 'refund'>>({
    ...on,
    startToCloseTimeout: '1m',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  // Asking again costs no event of the history.
  const waiting = proxyActivities<Pick<WithdrawalMoves, 'ask' | 'confirm'>>({
    ...on,
    startToCloseTimeout: '30s',
    // What it learns while it is called off counts.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '500ms', backoffCoefficient: 1.5, maximumInterval: '1m' },
  });
  // One attempt: what ended without an answer is never sent again by itself.
  const once = proxyActivities<Pick<WithdrawalMoves, 'send'>>({
    ...on,
    startToCloseTimeout: '1m',
    retry: { maximumAttempts: 1 },
  });
  return {
    stage: repeatable.stage,
    giveUp: repeatable.giveUp,
    refund: repeatable.refund,
    ask: waiting.ask,
    confirm: waiting.confirm,
    send: once.send,
  };
}
