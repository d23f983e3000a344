import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { QUEUES } from '../workflows/messages.ts';

/** What Temporal starts by the clock. */
interface Schedule {
  workflowType: string;
  /** `schedule/<workflow type>` unless said. */
  scheduleId?: string;
  /** ms. */
  every: number;
}

const MINUTE_MS = 60_000;

const SCHEDULES: readonly Schedule[] = [
  { workflowType: 'sweep', every: MINUTE_MS },
  { workflowType: 'digest', every: 15 * MINUTE_MS },
  { workflowType: 'retention', every: 24 * 60 * MINUTE_MS },
];

/** Of the fund: where there is one whose money may be moved. */
const fundSchedules = (depositPollSeconds: number): readonly Schedule[] => [
  { workflowType: 'depositMonitor', scheduleId: 'fund/deposits', every: depositPollSeconds * 1_000 },
  { workflowType: 'solvency', scheduleId: 'fund/solvency', every: 30_000 },
  { workflowType: 'withdrawalStarter', scheduleId: 'fund/withdrawals', every: MINUTE_MS },
  { workflowType: 'valuation', scheduleId: 'fund/valuation', every: 5 * MINUTE_MS },
];

/**
 * Makes sure that every schedule exists, with its interval of now; safe to repeat, and by several processes at once. `fund`
 * is null where this process has no fund to look after.
 */
export async function ensureSchedules(
  client: Client,
  fund: { depositPollSeconds: number } | null = null,
): Promise<void> {
  const schedules = [...SCHEDULES, ...(fund ? fundSchedules(fund.depositPollSeconds) : [])];
  await Promise.all(schedules.map((schedule) => ensureSchedule(client, schedule)));
}

async function ensureSchedule(
  client: Client,
  { workflowType, every, scheduleId = `schedule/${workflowType}` }: Schedule,
): Promise<void> {
  const spec = { intervals: [{ every }] };
  try {
    await client.schedule.create({
      ...{ scheduleId, spec },
      // A run missed while the server was away is made up for within the hour, one at a time.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 hour' },
      action: { type: 'startWorkflow', workflowType, taskQueue: QUEUES.bots, args: [] },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const schedule = client.schedule.getHandle(scheduleId);
    const { spec: known } = await schedule.describe();
    if (known.intervals?.[0]?.every !== every) await schedule.update((current) => ({ ...current, spec }));
  }
}
