import { unavailable } from './errors.ts';

/** What a request may take, with all that is done for it together. */
export interface Deadline {
  /** Aborted when the time is over: who was answered so gets nothing done any more. */
  signal: AbortSignal;
  /** Waits for it, for as long as is left. Throws `unavailable` after that. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** Only what is waited for counts: not the time a client takes to send. */
export function deadlineAfter(ms: number): Deadline {
  const controller = new AbortController();
  let left = ms;
  return {
    signal: controller.signal,
    async within(work) {
      const since = performance.now();
      let timer: NodeJS.Timeout | undefined;
      const end = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          controller.abort(unavailable());
          reject(controller.signal.reason);
        }, left);
      });
      try {
        return await Promise.race([work, end]);
      } finally {
        clearTimeout(timer);
        left -= performance.now() - since;
      }
    },
  };
}
