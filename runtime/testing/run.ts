import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { binarySearch, environment } from '../configuration.ts';
import { PROJECT } from '../project.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { compile } from './compile.ts';
import { startTestPostgres } from './database.ts';
import { startTestTemporal } from './temporal.ts';

/**
 * `npm test [-- AVA's arguments]`: all code compiled, one bundle of the workflows, one PostgreSQL and one Temporal server for
 * the whole suite, made here, told to the test files by configuration and environment, ended with it.
 */
const AVA = join(PROJECT, 'node_modules/ava/entrypoints/cli.mjs');
let child: ChildProcess | undefined;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isInterrupted = true;
    child?.kill(signal);
  });
const [configuration, postgres, temporal] = await Promise.all([
  compile(),
  startTestPostgres(),
  startTestTemporal(),
  workflowBundle(binarySearch().cacheDir),
]);
try {
  // Not before the compiler has ended too: it would write on into a folder that is to go.
  process.exitCode = isInterrupted ? 1 : await runAva();
} finally {
  await Promise.all([postgres.stop(), temporal.stop()]);
}

async function runAva(): Promise<number> {
  child = spawn(process.execPath, [AVA, '--config', configuration, ...process.argv.slice(2)], {
    stdio: 'inherit',
    cwd: PROJECT,
    env: {
      ...environment(),
      TEST_DATABASE_URL: postgres.url,
      TEST_TEMPORAL_ADDRESS: temporal.address,
    },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
