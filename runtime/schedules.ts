import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { QUEUES } from '../workflows/messages.ts';

/** What Temporal starts by the clock: workflow type and interval. Its id is `schedule/<workflow type>`. */
const SCHEDULES = [
  { workflowType: 'sweep', every: '1 minute' },
  { workflowType: 'retention', every: '1 day' },
] as const;

/** Makes sure that every schedule exists; safe to repeat, and by several processes at once. */
export async function ensureSchedules(client: Client): Promise<void> {
  await Promise.all(
    SCHEDULES.map(async ({ workflowType, every }) => {
      try {
        await client.schedule.create({
          scheduleId: `schedule/${workflowType}`,
          spec: { intervals: [{ every }] },
          // A run missed while the server was away is made up for within the hour, one at a time.
          policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 hour' },
          action: { type: 'startWorkflow', workflowType, taskQueue: QUEUES.bots, args: [] },
        });
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      }
    }),
  );
}
