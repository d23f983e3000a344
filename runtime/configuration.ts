import { homedir } from 'node:os';
import { join } from 'node:path';

/** Servers a test runner has started for everybody (`runtime/testing/run.ts`); missing where a file runs on its own. */
export function testServers(): { databaseUrl: string | undefined; temporalAddress: string | undefined } {
  return {
    databaseUrl: process.env['TEST_DATABASE_URL'],
    temporalAddress: process.env['TEST_TEMPORAL_ADDRESS'],
  };
}

/** Where the Temporal command line is looked for, and kept once downloaded. */
export function binarySearch(): { cliPath: string | undefined; cacheDir: string } {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    cliPath: process.env['TEMPORAL_CLI_PATH'] || undefined,
    cacheDir: process.env['CACHE_DIR'] || join(cache, 'perpetua'),
  };
}

/** What a child process is given of our own environment: all of it. */
export function inheritedEnvironment(): Record<string, string | undefined> {
  return { ...process.env };
}
