import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { environment } from './configuration.ts';
import { freePort } from './embedded/ports.ts';
import { runProgram } from './testing/command-line.ts';
import type { Scope } from './testing/database.ts';

const mistakes: [what: string, variables: Record<string, string>, sentence: RegExp][] = [
  ['a file that is not there', { PAPER_FEED: 'file:/nope.csv' }, /^.*PAPER_FEED.*\/nope\.csv.*\n$/],
  ['an exchange nobody knows', { PAPER_FEED: 'live:nobody' }, /^.*PAPER_FEED.*"nobody".*\n$/],
  ['a symbol that is no market', { PAPER_SYMBOLS: '["FOO"]' }, /^PAPER_SYMBOLS: "FOO" is no market.*\n$/],
];

for (const [what, variables, sentence] of mistakes)
  test(`${what} is said in one sentence that names the variable`, async (t) => {
    const { code, output } = await run(t, variables);
    t.regex(output, sentence);
    t.is(code, 78);
  });

test('a busy port is said in one sentence that names the variable', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as { port: number };
  const { code, output } = await run(t, { EXCHANGE_PORT: String(port) });
  t.regex(output, new RegExp(`^Port ${port} .*EXCHANGE_PORT=<port>\\.\n$`));
  t.is(code, 78);
});

/** Runs it until it ends: all it wrote, and its exit code. */
async function run(t: Scope, variables: Record<string, string>): Promise<{ code: unknown; output: string }> {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'perpetua-exchange-'));
  t.teardown(() => rmSync(DATA_DIR, { recursive: true, force: true }));
  const EXCHANGE_PORT = String(await freePort());
  const env = { ...environment(), DATA_DIR, EXCHANGE_PORT, ...variables };
  return runProgram('runtime/exchange.ts', [], env);
}
