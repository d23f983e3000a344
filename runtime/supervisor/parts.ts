import { setTimeout as sleep } from 'node:timers/promises';
import { binarySearch } from '../configuration.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { findTemporalBinary } from '../embedded/temporal-binary.ts';
import { startTemporal } from '../embedded/temporal.ts';
import { EXIT_CONFIGURATION } from '../run-process.ts';
import type { DataFolder } from './data-folder.ts';
import { keepRunning, type KeptPart, type Part } from './keep-running.ts';
import { lineReporter } from './line-reporter.ts';
import { startNodeProcess, type NodeProcess } from './node-process.ts';
import type { Plan, Variables } from './plan.ts';
import { timed } from './timed.ts';

/** Everything that runs as a process of its own. Each of the first three resolves when it does its work, and is kept running. */
export interface Parts {
  postgres(): Promise<void>;
  temporal(): Promise<void>;
  process(name: NodeProcess['name']): Promise<void>;
  /** Ends in order, within 20 s, what has been started so far. */
  stop(): Promise<void>;
}

/** Who ends together, in this order, and how long they get. */
const ENDING = [
  { names: ['worker', 'api', 'telegram'], patienceMs: 11_000 },
  { names: ['exchange', 'temporal'], patienceMs: 3_000 },
  { names: ['postgres'], patienceMs: 4_000 },
];

export function createParts(plan: Plan, folder: DataFolder, say: (line: string) => void): Parts {
  const { embedded } = plan.configuration;
  const kept = new Map<string, Promise<KeptPart>>();
  let stopping = false;
  const reporter = lineReporter(say);
  const report = (line: string): void => {
    if (!stopping) say(timed(line));
  };

  async function keep(name: string, start: () => Promise<Part>): Promise<void> {
    if (stopping) throw new Error(`The ${name} is not started any more`);
    const part = keepRunning({ name, start, report, final: `code ${EXIT_CONFIGURATION}` });
    kept.set(name, part);
    await part;
  }

  /** One that is still on its way up is waited for, so that it ends as well. */
  async function end(name: string, patienceMs: number): Promise<void> {
    const deadline = Date.now() + patienceMs;
    const up = kept.get(name)?.catch(() => null);
    const part = await Promise.race([up, sleep(patienceMs, null, { ref: false })]);
    await part?.stop(Math.max(1_000, deadline - Date.now()));
  }

  return {
    postgres: () =>
      keep('postgres', () =>
        startPostgres({
          folder: folder.path('postgres'),
          port: embedded.postgresPort,
          password: folder.secrets.databasePassword,
          database: 'perpetua',
          logFile: folder.logFile('postgres'),
        }),
      ),

    async temporal() {
      const binary = await findTemporalBinary({ ...binarySearch(), report });
      await keep('temporal', () =>
        startTemporal({
          binary,
          port: embedded.temporalPort,
          uiPort: embedded.temporalUiPort,
          databaseFile: folder.path('temporal.db'),
          logFile: folder.logFile('temporal'),
          pidFile: folder.pidFile('temporal'),
        }),
      );
    },

    process: (name) =>
      keep(name, () =>
        startNodeProcess({
          name,
          env: name === 'worker' ? plan.variables : withoutTreasury(plan.variables),
          logFile: folder.logFile(name),
          pidFile: folder.pidFile(name),
          onLine: (line) => reporter.onLine(line),
        }),
      ),

    async stop() {
      stopping = true;
      reporter.quiet();
      for (const { names, patienceMs } of ENDING)
        await Promise.all(names.map((name) => end(name, patienceMs)));
    },
  };
}

/** The keys that move the fund's money are for those that move it. */
function withoutTreasury(variables: Variables): Variables {
  const entries = Object.entries(variables).filter(([name]) => !name.startsWith('TREASURY_'));
  return Object.fromEntries(entries);
}
