import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environment } from '../configuration.ts';
import { startTestPostgres } from './database.ts';
import { startTestTemporal } from './temporal.ts';

/**
 * `npm test [-- AVA's arguments]`: one PostgreSQL and one Temporal server for the whole suite, started here, told to the
 * test files by environment, ended with it.
 */
const AVA = new URL('../../node_modules/ava/entrypoints/cli.mjs', import.meta.url);
const [postgres, temporal] = await Promise.all([startTestPostgres(), startTestTemporal()]);
try {
  const child = spawn(process.execPath, [fileURLToPath(AVA), ...process.argv.slice(2)], {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: {
      ...environment(),
      TEST_DATABASE_URL: postgres.url,
      TEST_TEMPORAL_ADDRESS: temporal.address,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await Promise.all([postgres.stop(), temporal.stop()]);
}
