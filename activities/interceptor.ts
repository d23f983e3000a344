import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { toFailure } from './failures.ts';

/** Four in the shortest heartbeat time-out: two may be lost before the server gives the activity up. */
const BEATS = 4;

/** Every activity with a heartbeat time-out beats by itself; every venue failure crosses Temporal in one form. */
export function activityInterceptor(context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const timeout = context.info.heartbeatTimeoutMs;
      const beat = timeout ? setInterval(() => context.heartbeat(), timeout / BEATS) : null;
      try {
        return await next(input);
      } catch (error) {
        throw toFailure(error);
      } finally {
        if (beat) clearInterval(beat);
      }
    },
  };
}
