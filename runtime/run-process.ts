import type { Logger } from 'pino';
import { ConfigurationError, environment, type Settings } from './configuration.ts';
import { PortInUse } from './embedded/ports.ts';
import { sayReady, untilAskedToEnd } from './lifetime.ts';
import { createLogger } from './logging.ts';

/** A start that will fail again until a person changes something: no supervisor should try it again (EX_CONFIG). */
export const EXIT_CONFIGURATION = 78;

export interface Running {
  /** Ends what was started, in order. */
  stop(): Promise<void>;
  /** Rejects where the work ends by itself, which it must not. */
  failed?: Promise<unknown>;
}

/**
 * The frame of every process: reads the configuration, starts, says so, and stops when asked. Whatever fails is logged, with
 * no secret in it, and ends the process with a code that is not 0; a person's mistake is said in a sentence.
 */
export async function runProcess<T extends Settings>(
  name: string,
  read: (variables: Record<string, string | undefined>) => T,
  start: (settings: T, log: Logger) => Promise<Running>,
): Promise<void> {
  const settings = orExit(() => read(environment()));
  const log = createLogger(settings.logging, { name, secrets: settings.redactions });
  const fail = (error: unknown): never => {
    // To a supervisor the log is what people see; alone, we are.
    if (isMistake(error) && process.channel) log.fatal(error.message);
    if (isMistake(error)) exitFor(error);
    log.fatal({ err: error }, `${name} has failed`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const asked = untilAskedToEnd();
  const running = await start(settings, log);
  running.failed?.catch(fail);
  sayReady();
  log.info(`${name} is running`);
  const reason = await asked;
  log.info({ reason }, `${name} is stopping`);
  await running.stop();
  log.info(`${name} has stopped`);
  process.exit(0);
}

function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isMistake(error)) throw error;
    return exitFor(error);
  }
}

/** What a person has to put right; where in our code it was noticed would not help them. */
export function isMistake(error: unknown): error is Error {
  return error instanceof PortInUse || error instanceof ConfigurationError;
}

function exitFor(mistake: Error): never {
  process.stderr.write(`${mistake.message}\n`);
  process.exit(EXIT_CONFIGURATION);
}
