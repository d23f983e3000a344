/** What this process was asked to end by. */
export type Ending = 'SIGINT' | 'SIGTERM' | 'parent gone';

/** A process that has been asked to end and has not after this long is ended. */
const LONGEST_END_MS = 18_000;

/**
 * Resolves when the process is asked to end: by a signal, or because the supervisor that started it is gone. Asking again
 * changes nothing (a terminal's Ctrl-C reaches a process more than once); a clean-up that hangs is cut off.
 */
export function untilAskedToEnd(): Promise<Ending> {
  return new Promise((resolve) => {
    const end = (by: Ending): void => {
      setTimeout(() => process.exit(1), LONGEST_END_MS).unref();
      resolve(by);
    };
    process.on('SIGINT', () => end('SIGINT'));
    process.on('SIGTERM', () => end('SIGTERM'));
    if (process.channel) process.once('disconnect', () => end('parent gone'));
  });
}

/** Tells the supervisor, where there is one, that the process does its work from now on. */
export function sayReady(): void {
  process.send?.('ready');
}
