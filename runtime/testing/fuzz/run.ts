import { environment } from '../../configuration.ts';
import { startTestPostgres, type Scope } from '../database.ts';
import { scoped } from '../scoped.ts';
import { CALLERS, startFuzzedApi } from './fuzzed-api.ts';
import { attack, findSchemathesis } from './schemathesis.ts';

/**
 * Part of `npm run test:fuzz`: schemathesis makes up requests from the OpenAPI documents, as nobody, a user and an admin,
 * until FUZZ_REQUESTS (20,000 unless set) have been answered. The exit code is 1 where an answer was a 5xx, or not as
 * described. FUZZ_SEED begins with other requests.
 */
const DOCUMENTS = ['/openapi.json', '/openapi/trading.json', '/openapi/fund.json'];
const EXAMPLES = 30;

const { FUZZ_REQUESTS = '20000', FUZZ_SEED = '1' } = environment();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const schemathesis = await findSchemathesis(say);
const postgres = await startTestPostgres();
/** How many requests were answered with each status. */
const answered = new Map<number, number>();
const failed: string[] = [];
try {
  for (let seed = Number(FUZZ_SEED); asked() < Number(FUZZ_REQUESTS); seed++)
    for (const caller of CALLERS) await scoped((t) => fuzz(t, caller, seed));
} finally {
  await postgres.stop();
}
const statuses = [...answered].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} x ${status}`);
say(`${asked()} requests were answered: ${statuses.join(', ')}`);
for (const what of failed) say(`Faults were found ${what}`);
process.exit(failed.length === 0 ? 0 : 1);

function asked(): number {
  return [...answered.values()].reduce((sum, count) => sum + count, 0);
}

async function fuzz(t: Scope, caller: (typeof CALLERS)[number], seed: number): Promise<void> {
  const { url, headers } = await startFuzzedApi(t, { postgres, caller, answered });
  for (const document of DOCUMENTS)
    if (!(await attack(schemathesis, { url: url + document, headers, examples: EXAMPLES, seed })))
      failed.push(`by ${caller} in ${document}, FUZZ_SEED=${seed}`);
  const { status } = await fetch(`${url}/health`);
  if (status !== 200) failed.push(`by ${caller}: /health is answered ${status}, FUZZ_SEED=${seed}`);
}
