import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../configuration.ts';
import { freePort } from '../embedded/ports.ts';
import { startNodeProcess } from '../supervisor/node-process.ts';
import type { Part } from '../supervisor/keep-running.ts';
import { TEST_SECRET_KEY, type Scope } from '../testing/database.ts';
import type { Stack } from '../testing/stack.ts';

/** The API in a process of its own, beside the one of the stack. */
export interface ApiProcess {
  url: string;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same port. Resolves when it answers. */
  start(): Promise<void>;
}

/** Starts it over the stack's servers, set up by variables as it is for a user; `variables` are more of them. */
export async function startApiProcess(
  t: Scope,
  { databaseUrl, temporal, exchange }: Stack,
  variables: Record<string, string>,
): Promise<ApiProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-api-'));
  const port = await freePort();
  const pidFile = join(folder, 'api.pid');
  const env = {
    ...environment(),
    ...{ DATABASE_URL: databaseUrl, SECRET_KEY: TEST_SECRET_KEY, DATA_DIR: folder },
    ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    ...{ PAPER_EXCHANGE_URL: exchange.url, HOST: '127.0.0.1', PORT: String(port) },
    ...{ AUTH_REQUIRED: 'True', RATE_LIMIT_ENABLED: 'False' },
    ...variables,
  };
  const start = () =>
    startNodeProcess({
      ...{ name: 'api', env, pidFile, logFile: join(folder, 'api.log') },
      onLine: () => undefined,
    });
  let running: Part = await start();
  t.teardown(async () => {
    await running.stop(10_000);
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
      await running.exited;
    },
    async start() {
      running = await start();
    },
  };
}
