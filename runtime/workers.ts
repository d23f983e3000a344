import {
  Worker,
  type NativeConnection,
  type WorkflowBundleOption,
  type WorkerOptions,
} from '@temporalio/worker';
import type { FundActivities, TreasuryActivities } from '../activities/fund/types.ts';
import type { WithdrawalDecisions, WithdrawalMoves } from '../activities/fund/withdrawals/types.ts';
import type { Activities } from '../activities/index.ts';
import { activityInterceptor } from '../activities/interceptor.ts';
import type { UpkeepActivities } from '../activities/upkeep.ts';
import { QUEUES } from '../workflows/messages.ts';

export interface WorkersOptions {
  connection: NativeConnection;
  namespace: string;
  /** What this process is called in Temporal. */
  identity: string;
  workflowBundle: WorkflowBundleOption;
  activities: Activities;
  upkeep: UpkeepActivities;
  fund: FundActivities;
  decisions: WithdrawalDecisions;
  /** Null where this process may not move the fund's money. */
  treasury: (TreasuryActivities & WithdrawalMoves) | null;
  /** Each has a queue, and so a limit, of its own. */
  exchanges: readonly string[];
  slots: {
    /** Watches at once: at least 1.2 x the bots this process is to carry. */
    watch: number;
    /** Calls to one exchange at once. */
    trade: number;
    /** Workflows kept in memory, about 300 KB each. */
    cachedWorkflows: number;
  };
}

/** One worker a queue: what one resource holds up does not hold up another. They share the process's connection. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { activities, upkeep, fund, decisions, treasury, slots, exchanges, workflowBundle } = options;
  const create = (queue: string, own: Partial<WorkerOptions>) =>
    Worker.create({
      connection: options.connection,
      namespace: options.namespace,
      identity: options.identity,
      taskQueue: queue,
      // What is under way may end: an order's outcome is recorded rather than asked for.
      shutdownGraceTime: '7s',
      shutdownForceTime: '10s',
      interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context) })] },
      ...own,
    });
  return Promise.all([
    create(QUEUES.bots, {
      workflowBundle,
      activities: together(activities.ledger, decisions),
      maxCachedWorkflows: slots.cachedWorkflows,
      // After a restart a query finds no sticky worker: it waits this long, not the default 10 s.
      stickyQueueScheduleToStartTimeout: '2s',
    }),
    create(QUEUES.watch, {
      activities: activities.watch,
      maxConcurrentActivityTaskExecutions: slots.watch,
      // A watch would go on until it is told to end; whoever takes it up next loses nothing.
      shutdownGraceTime: '10ms',
    }),
    create(QUEUES.background, { activities: together(upkeep, fund) }),
    ...(treasury ? [create(QUEUES.treasury, { activities: treasury })] : []),
    ...exchanges.map((exchange) =>
      create(QUEUES.trade(exchange), {
        activities: activities.trading,
        maxConcurrentActivityTaskExecutions: slots.trade,
      }),
    ),
  ]);
}

/** Activities that one queue serves. Of two under one name the second would be called for the first. */
function together(...sets: object[]): object {
  const names = sets.flatMap((set) => Object.keys(set));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`Two activities of one queue are named ${twice}`);
  return Object.assign({}, ...sets) as object;
}
