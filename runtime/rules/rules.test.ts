import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import test from 'ava';
import { PROJECT } from '../project.ts';

/**
 * Each file in `fixtures/` stands where its first line's rule must bite (`// reports: no-restricted-imports`) or, without
 * such a line, where nothing may. The folder mirrors the repository's layout; the rules are the repository's own.
 */
const fixtures = join(PROJECT, 'runtime/rules/fixtures');
const files = (await readdir(fixtures, { recursive: true }))
  .filter((name) => name.endsWith('.ts'))
  .toSorted();
const reported = lintFixtures();

test('there is a fixture for every folder that has import rules', (t) => {
  const folders = new Set(files.map((file) => file.split(sep)[0]));
  t.deepEqual(
    [...folders],
    ['activities', 'api', 'bots', 'db', 'exchanges', 'migrations', 'runtime', 'telegram', 'workflows'],
  );
});

for (const file of files) {
  test(`rules: ${file}`, async (t) => {
    const [, expected] = /^\/\/ reports: (.+)\n/.exec(await readFile(join(fixtures, file), 'utf8')) ?? [];
    t.deepEqual((await reported).get(file) ?? [], expected === undefined ? [] : [expected]);
  });
}

/** Lints the fixtures as if each stood in its folder of the repository: rules reported, by file. */
async function lintFixtures(): Promise<Map<string, string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-rules-'));
  try {
    await cp(fixtures, folder, { recursive: true });
    for (const name of ['.oxlintrc.json', 'tsconfig.json']) await cp(join(PROJECT, name), join(folder, name));
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    return byFile(await oxlint(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function oxlint(cwd: string): Promise<string> {
  const bin = join(PROJECT, 'node_modules', '.bin', 'oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      bin,
      ['--format', 'json', '--ignore-pattern', 'node_modules'],
      { cwd },
      (error, stdout, stderr) => {
        if (stdout.startsWith('{')) resolve(stdout);
        else reject(error ?? new Error(stderr));
      },
    );
  });
}

function byFile(report: string): Map<string, string[]> {
  const { diagnostics } = JSON.parse(report) as { diagnostics: { filename: string; code: string }[] };
  const rules = new Map<string, string[]>();
  for (const { filename, code } of diagnostics) {
    const rule = /\((.+)\)/.exec(code)?.[1] ?? code;
    rules.set(filename, [...(rules.get(filename) ?? []), rule]);
  }
  return rules;
}
