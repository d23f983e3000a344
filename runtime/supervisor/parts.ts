import { binarySearch } from '../configuration.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { findTemporalBinary } from '../embedded/temporal-binary.ts';
import { startTemporal } from '../embedded/temporal.ts';
import { EXIT_CONFIGURATION } from '../run-process.ts';
import type { DataFolder } from './data-folder.ts';
import { keepRunning, type KeptPart, type Part } from './keep-running.ts';
import { lineReporter } from './line-reporter.ts';
import { startNodeProcess, type NodeProcess } from './node-process.ts';
import type { Plan } from './plan.ts';
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
  { names: ['worker', 'api'], patienceMs: 11_000 },
  { names: ['exchange', 'temporal'], patienceMs: 3_000 },
  { names: ['postgres'], patienceMs: 2_000 },
];

export function createParts(plan: Plan, folder: DataFolder, say: (line: string) => void): Parts {
  const { embedded } = plan.configuration;
  const kept = new Map<string, KeptPart>();
  const reporter = lineReporter(say);
  const report = (line: string) => say(timed(line));

  async function keep(name: string, start: () => Promise<Part>): Promise<void> {
    kept.set(name, await keepRunning({ name, start, report, final: `code ${EXIT_CONFIGURATION}` }));
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
          env: plan.variables,
          logFile: folder.logFile(name),
          pidFile: folder.pidFile(name),
          onLine: (line) => reporter.onLine(line),
        }),
      ),

    async stop() {
      reporter.quiet();
      for (const { names, patienceMs } of ENDING)
        await Promise.all(names.map(async (name) => kept.get(name)?.stop(patienceMs)));
    },
  };
}
