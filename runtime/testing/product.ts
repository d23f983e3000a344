import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binarySearch, environment } from '../configuration.ts';
import { freePort } from '../embedded/ports.ts';
import { startNodeProcess } from '../supervisor/node-process.ts';
import { freshDatabase, type Scope, type TestDatabase } from './database.ts';
import { startStillMarkets } from './stack.ts';
import { freshTemporal, type TestTemporal } from './temporal.ts';

/** The API and a worker as processes of their own, set up by variables as they are for a user. */
export interface Product {
  /** Where the API is. */
  url: string;
  database: TestDatabase;
  temporal: TestTemporal;
  exchange: Awaited<ReturnType<typeof startStillMarkets>>;
  /** What both have written so far. */
  lines: string[];
  /** Where they keep files. */
  dataDir: string;
  /** Ends both, in order. */
  stop(): Promise<void>;
}

/**
 * Starts them over a database and a namespace of their own, and an exchange whose prices stand still. They log all that
 * they can. `variables` are theirs besides. Ends with the test.
 */
export async function startProduct(t: Scope, variables: Record<string, string>): Promise<Product> {
  const [database, temporal, exchange, dataDir, port] = await Promise.all([
    freshDatabase(t),
    freshTemporal(t),
    startStillMarkets(t),
    dataFolder(t),
    freePort(),
  ]);
  const lines: string[] = [];
  const env = {
    ...environment(),
    ...{ DATABASE_URL: database.url, DB_ECHO_LOG: 'True', LOG_LEVEL: 'DEBUG', LOG_FORMAT: 'json' },
    ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    ...{ HOST: '127.0.0.1', PORT: String(port), DATA_DIR: dataDir },
    ...{ PAPER_EXCHANGE_URL: exchange.url, EXCHANGE_CONTROL_TOKEN: exchange.controlToken },
    ...variables,
  };
  const processes = await Promise.all(
    (['worker', 'api'] as const).map((name) =>
      startNodeProcess({
        ...{ name, env, onLine: (line: string) => void lines.push(line) },
        ...{ logFile: join(dataDir, `${name}.log`), pidFile: join(dataDir, `${name}.pid`) },
      }),
    ),
  );
  const stop = async () => {
    await Promise.all(processes.map((running) => running.stop(15_000)));
  };
  t.teardown(stop);
  return { url: `http://127.0.0.1:${port}`, database, temporal, exchange, lines, dataDir, stop };
}

/** With the cache that all tests share: bundling the workflows takes seconds. */
async function dataFolder(t: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  symlinkSync(binarySearch().cacheDir, join(folder, 'cache'));
  return folder;
}
