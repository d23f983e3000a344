import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Long enough for a busy machine, a third of what a watch has by itself. */
const HEARTBEAT_TIMEOUT = '4s';

/** For workflows of short tests: a dead worker is noticed sooner than the product would. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) =>
        next(
          input.options.heartbeatTimeout
            ? { ...input, options: { ...input.options, heartbeatTimeout: HEARTBEAT_TIMEOUT } }
            : input,
        ),
    },
  ],
});
