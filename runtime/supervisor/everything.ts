import { Client, Connection } from '@temporalio/client';
import { openDatabase } from '../../db/connect.ts';
import { migrateToLatest } from '../../db/migrations.ts';
import { createBotClient } from '../../workflows/client.ts';
import { binarySearch } from '../configuration.ts';
import { seedDemo, startDemoBots } from '../demo.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { findTemporalBinary } from '../embedded/temporal-binary.ts';
import { startTemporal } from '../embedded/temporal.ts';
import { EXIT_CONFIGURATION } from '../run-process.ts';
import { openVault } from '../vault-key.ts';
import { followActivity } from './activity.ts';
import { banner } from './banner.ts';
import { clearTheWay } from './clear-the-way.ts';
import { takeDataFolder } from './data-folder.ts';
import { keepRunning, type KeptPart, type Part } from './keep-running.ts';
import { lineReporter } from './line-reporter.ts';
import { startNodeProcess, type NodeProcess } from './node-process.ts';
import { planStart, settingsOf, type Variables } from './plan.ts';

export interface Everything {
  /** Resolves when the bots trade. */
  started: Promise<void>;
  /** Ends in order, within 20 s, what has been started so far. */
  stop(): Promise<void>;
}

/** Who ends together, in this order, and how long they get. */
const ENDING = [
  { names: ['worker', 'api'], patienceMs: 13_000 },
  { names: ['exchange', 'temporal'], patienceMs: 3_000 },
  { names: ['postgres'], patienceMs: 3_000 },
];

/**
 * Starts every part that no variable replaces, each as soon as what it needs is there. With the simulated exchange come the demo
 * owner and bots.
 */
export function startEverything(variables: Variables, say: (line: string) => void): Everything {
  const begun = Date.now();
  const settings = settingsOf(variables);
  const folder = takeDataFolder(settings.dataDir);
  const plan = planStart(variables, settings, folder);
  const { configuration, embedded } = plan;
  const { database, temporal, exchange } = configuration;
  const parts = new Map<string, KeptPart>();
  const reporter = lineReporter(say);
  const knex = openDatabase({ ...database, poolSize: 2, maxOverflow: 0 });
  let activity: { stop(): void } | null = null;

  async function keep(name: string, start: () => Promise<Part>): Promise<void> {
    const report = (line: string): void => say(line);
    parts.set(name, await keepRunning({ name, start, report, final: `code ${EXIT_CONFIGURATION}` }));
  }

  const keepProcess = (name: NodeProcess['name']): Promise<void> =>
    keep(name, () =>
      startNodeProcess({
        name,
        env: plan.variables,
        logFile: folder.logFile(name),
        pidFile: folder.pidFile(name),
        onLine: (line) => reporter.onLine(line),
      }),
    );

  async function startDatabase(): Promise<void> {
    if (embedded.postgres) {
      const options = {
        folder: folder.path('postgres'),
        port: configuration.embedded.postgresPort,
        password: folder.secrets.databasePassword,
        database: 'perpetua',
        logFile: folder.logFile('postgres'),
      };
      await keep('postgres', () => startPostgres(options));
    }
    await migrateToLatest(knex);
  }

  async function startTemporalServer(): Promise<void> {
    if (!embedded.temporal) return;
    const options = {
      binary: await findTemporalBinary({ ...binarySearch(), report: say }),
      port: configuration.embedded.temporalPort,
      uiPort: configuration.embedded.temporalUiPort,
      databaseFile: folder.path('temporal.db'),
      logFile: folder.logFile('temporal'),
      pidFile: folder.pidFile('temporal'),
    };
    await keep('temporal', () => startTemporal(options));
  }

  const seed = (): Promise<void> =>
    seedDemo({
      knex,
      vault: openVault(configuration.secrets),
      exchangeUrl: exchange.url,
      controlToken: plan.controlToken,
    });

  async function startBots(): Promise<void> {
    const connection = await Connection.connect({ address: temporal.address });
    await startDemoBots(knex, createBotClient(new Client({ connection, namespace: temporal.namespace })));
    await connection.close();
  }

  async function start(): Promise<void> {
    await clearTheWay(plan, folder);
    const databaseUp = startDatabase();
    const temporalUp = startTemporalServer();
    const exchangeUp = embedded.exchange ? keepProcess('exchange') : null;
    await Promise.all([
      databaseUp.then(() => keepProcess('api')),
      Promise.all([databaseUp, temporalUp]).then(() => keepProcess('worker')),
      exchangeUp && Promise.all([databaseUp, exchangeUp]).then(seed),
    ]);
    activity = followActivity(knex, say);
    if (exchangeUp) await startBots();
    say(banner(configuration, embedded, (Date.now() - begun) / 1_000));
  }

  return {
    started: start(),
    async stop() {
      reporter.quiet();
      activity?.stop();
      await knex.destroy();
      for (const { names, patienceMs } of ENDING)
        await Promise.all(names.map((name) => parts.get(name)?.stop(patienceMs)));
      folder.release();
    },
  };
}
