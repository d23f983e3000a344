import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { PROJECT } from '../project.ts';

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
  cwd: PROJECT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(PROJECT, file)));
const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('runtime/rules/fixtures/'));
const texts = files.filter((file) => !/\.(png|ico|gz|zip|bin)$|^package-lock\.json$/.test(file));

test('no source is longer than 300 lines', (t) => {
  t.true(sources.length > 0);
  t.deepEqual(
    sources.filter((file) => read(file).split('\n').length > 301),
    [],
  );
});

test('no test is skipped, alone or expected to fail', (t) => {
  t.deepEqual(found(sources, /\btest(\.serial)?\.(only|skip|failing|todo)\(/), []);
});

test('nothing silences the compiler or the linter, and nothing is left to do', (t) => {
  t.deepEqual(
    found(sources, /@ts-(ignore|nocheck|expect-error)|(es|ox)lint-disable|\b(TO)DO\b|\bFIX(ME)\b/),
    [],
  );
});

test('bots/ draws no lots: Math goes by no other name, which the linter would not see', (t) => {
  const renamed = /^(?!\s*(\*|\/[/*])).*\bMath\b(?!\.\w)/;
  for (const line of ['const M = Math;', 'const { random } = Math;', "Math['random']()"])
    t.regex(line, renamed);
  const decisions = sources.filter((file) => /^(bots|workflows)\//.test(file) && !file.endsWith('.test.ts'));
  t.true(decisions.length > 0);
  t.deepEqual(found(decisions, renamed), []);
});

test('no image makes a volume without a name for each of its containers', (t) => {
  t.notRegex(read('Dockerfile'), /^VOLUME/m);
});

test('no file names a path of one machine', (t) => {
  t.deepEqual(found(texts, /(^|[\s'"`(=:])\/(work|farm|root|home|Users)\/\w/), []);
});

test('the lockfile installs from whichever registry a machine uses', (t) => {
  t.notRegex(read('package-lock.json'), /"resolved"/);
});

test('the lockfile is whole: what any platform needs is in it', (t) => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> };
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !resolves(packages, from, name)),
  );
  t.deepEqual(missing, []);
});

test('every link between the documents leads to a file', (t) => {
  const broken = files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .filter(([, target]) => !existsSync(join(PROJECT, file, '..', target!)))
        .map(([, target]) => `${file}: ${target}`),
    );
  t.deepEqual(broken, []);
});

interface Package {
  optionalDependencies?: Record<string, string>;
}

/** As Node looks a package up: in the folder of who asks, then in each one above. */
function resolves(packages: Record<string, Package>, from: string, name: string): boolean {
  if (`${from && `${from}/`}node_modules/${name}` in packages) return true;
  return (
    from !== '' && resolves(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
  );
}

function read(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8');
}

/** The places, as `file:line`, where a pattern stands. */
function found(among: string[], pattern: RegExp): string[] {
  return among.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}`] : [])),
  );
}
