import { setTimeout as sleep } from 'node:timers/promises';

/** Something that runs as a process of its own. */
export interface Part {
  /** Resolves when it has ended, with what it ended by (`SIGKILL`, `code 1`). */
  exited: Promise<string>;
  /** Asks it to end, kills it after `patienceMs`; resolves when it has ended. */
  stop(patienceMs: number): Promise<void>;
}

export interface KeptPart {
  stop(patienceMs: number): Promise<void>;
}

export interface Keeping {
  name: string;
  /** Resolves when the part does its work. */
  start: () => Promise<Part>;
  report: (line: string) => void;
  /** What a part ends by that no restart would change: it is left as it is. */
  final?: string;
}

/** A part that lived this long has recovered: its next end is met at once again. */
const SETTLED_MS = 30_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Starts a part, says when it is up, and starts it again whenever it ends by itself: at once the first time, then with pauses
 * that double. Rejects where the first start fails.
 */
export async function keepRunning({ name, start, report, final }: Keeping): Promise<KeptPart> {
  let stopping = false;
  let part = await start();
  report(`${name} is up`);
  const done = watch();

  async function watch(): Promise<void> {
    let failures = 0;
    for (;;) {
      const startedAt = Date.now();
      const reason = await part.exited;
      if (stopping) return;
      if (reason === final) return report(`${name} has ended and will not be started again (${reason})`);
      failures = Date.now() - startedAt > SETTLED_MS ? 0 : failures + 1;
      report(`${name} has ended (${reason}), starting it again`);
      part = await startAgain(failures);
      if (!stopping) report(`${name} is back`);
    }
  }

  async function startAgain(failures: number): Promise<Part> {
    for (let tries = failures; ; tries++) {
      await sleep(tries <= 1 ? 0 : Math.min(250 * 2 ** tries, LONGEST_PAUSE_MS), undefined, { ref: false });
      if (stopping) return NOTHING;
      try {
        return await start();
      } catch (error) {
        report(`${name} did not start: ${(error as Error).message}`);
      }
    }
  }

  return {
    async stop(patienceMs) {
      stopping = true;
      const deadline = Date.now() + patienceMs;
      await part.stop(patienceMs);
      // A start that was under way when the stop came has to be stopped as well.
      await Promise.race([done, sleep(Math.max(0, deadline - Date.now()))]);
      await part.stop(1_000);
    },
  };
}

const NOTHING: Part = { exited: Promise.resolve('nothing'), stop: () => Promise.resolve() };
