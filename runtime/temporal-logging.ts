import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  type LogMetadata,
  makeTelemetryFilterString,
  Runtime,
  type Logger as TemporalLogger,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { FAILURES } from '../workflows/messages.ts';

/** Sends what the Temporal SDK has to say, its native part included, to the process's log. Once a process, before any worker. */
export function installTemporalRuntime(log: Logger): void {
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
    // The process stops in an order of its own.
    shutdownSignals: [],
  });
}

/** Said of every worker that has activities only, as most of ours. */
const EXPECTED = 'No workflows registered, not polling for workflow tasks';

export function temporalLogger(log: Logger): TemporalLogger {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: LogMetadata) => {
      const { error, ...fields } = meta ?? {};
      log[message === EXPECTED || isOrdinary(error) ? 'debug' : level](
        { ...fields, ...(error === undefined ? {} : { err: error }) },
        message,
      );
    };
  const by = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
  return {
    log: (level, message, meta) => by[level.toLowerCase() as keyof typeof by](message, meta),
    ...by,
  };
}

/** An activity that was called off, or that something newer has taken over from, has done as it should. */
function isOrdinary(error: unknown): boolean {
  if (error instanceof CancelledFailure) return true;
  return error instanceof ApplicationFailure && error.type === FAILURES.outlived;
}
