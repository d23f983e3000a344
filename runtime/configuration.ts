/** Servers a test runner has started for everybody (`runtime/testing/run.ts`); missing where a file runs on its own. */
export function testServers(): { databaseUrl: string | undefined; temporalAddress: string | undefined } {
  return {
    databaseUrl: process.env['TEST_DATABASE_URL'],
    temporalAddress: process.env['TEST_TEMPORAL_ADDRESS'],
  };
}
