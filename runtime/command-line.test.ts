import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Knex } from 'knex';
import { recordAudit } from '../db/audit.ts';
import { freePort } from './embedded/ports.ts';
import { secretsFile, type Secrets } from './supervisor/data-folder.ts';
import { runProgram } from './testing/command-line.ts';
import { freshDatabase, TEST_SECRET_KEY, type Scope } from './testing/database.ts';

const COMMANDS = {
  user: ['grant', 'admin', 'ada@example.com'],
  'kill-switch': ['engage', 'global', 'a drill'],
  audit: ['verify', '--without-anchors'],
  'rotate-keys': [],
};
type Name = keyof typeof COMMANDS;
const NAMES = Object.keys(COMMANDS) as Name[];

test('Beside a start every command works with nothing set, on its database and under its keys', async (t) => {
  const { knex, url } = await freshDatabase(t, { name: 'perpetua' });
  const { password, port } = new URL(url);
  const dataDir = dataFolder(t, { secretKey: TEST_SECRET_KEY, databasePassword: password });
  await lived(knex);
  const outputs: Record<string, string> = {};
  for (const name of NAMES) {
    const { code, output } = await run(name, { DATA_DIR: dataDir, POSTGRES_PORT: port });
    t.is(code, 0, output);
    outputs[name] = output;
  }
  t.regex(outputs['user']!, / admin ada@example\.com$/m);
  t.regex(outputs['audit']!, /^3 entries in 2 chains, .*\nNothing was changed\./);
  t.true(outputs['rotate-keys']!.includes(`under the key of ${secretsFile(dataDir)}: ENCRYPTION_KEY`));
});

test('Where nothing was started, and where it has ended, every command says so in a sentence', async (t) => {
  const started = dataFolder(t, {});
  const POSTGRES_PORT = String(await freePort());
  for (const name of NAMES) {
    const nothing = await run(name, { DATA_DIR: join(started, 'none') });
    t.is(nothing.code, 78, nothing.output);
    t.regex(nothing.output, /^There is no database: .*Start it first.* DATABASE_URL and SECRET_KEY .*\.\n$/);
    const ended = await run(name, { DATA_DIR: started, POSTGRES_PORT });
    t.is(ended.code, 69, ended.output);
    t.regex(ended.output, /^The database of `npm start` in .* port \d+: .*start that first.*\.\n$/);
  }
});

test('What is not complete or cannot be read is said without a stack', async (t) => {
  const DATABASE_URL = 'postgresql://user:a-password@127.0.0.1:1/database';
  const incomplete = await run('audit', { DATABASE_URL });
  t.is(incomplete.code, 78);
  t.regex(
    incomplete.output,
    /^The configuration is not complete:\n  SECRET_KEY .* the same in every process.*\n$/,
  );
  const away = await run('audit', { DATABASE_URL, SECRET_KEY: TEST_SECRET_KEY });
  t.is(away.code, 69);
  t.regex(away.output, /^The database of DATABASE_URL does not answer: .*\n$/);
  t.false(away.output.includes('a-password'));
  const dataDir = dataFolder(t, {});
  writeFileSync(secretsFile(dataDir), '{');
  const unreadable = await run('user', { DATA_DIR: dataDir });
  t.is(unreadable.code, 78);
  t.regex(unreadable.output, /^\S+secrets\.json cannot be read: .*\n$/);
});

test('Nothing is recorded under a SECRET_KEY that the audit log does not know, unless it replaces the former one', async (t) => {
  const { knex, url: DATABASE_URL } = await freshDatabase(t);
  await lived(knex);
  const SECRET_KEY = randomBytes(32).toString('hex');
  const foreign = { DATABASE_URL, SECRET_KEY };
  for (const [name, words] of [
    ['user', ['grant', 'admin', 'ada@example.com']],
    ['user', ['reset-2fa', 'ada@example.com']],
    ['kill-switch', ['engage', 'global', 'a drill']],
    ['kill-switch', ['release', 'global']],
  ] satisfies [Name, string[]][]) {
    const refused = await run(name, foreign, words);
    t.is(refused.code, 78, refused.output);
    t.regex(refused.output, /^SECRET_KEY is not .* the same as the API has.* SECRET_KEY_PREVIOUS .*\n$/);
  }
  t.is((await run('kill-switch', foreign, ['list'])).output, 'No kill switch is engaged.\n');
  t.is((await run('user', { ...foreign, SECRET_KEY_PREVIOUS: randomBytes(32).toString('hex') })).code, 78);
  t.is((await knex('audit_logs')).length, 1);

  const replaced = { ...foreign, SECRET_KEY_PREVIOUS: TEST_SECRET_KEY };
  t.like(await run('user', replaced), { code: 0 });
  t.like(await run('audit', replaced), { code: 0 });
  // The new key is known from now on.
  t.like(await run('kill-switch', foreign), { code: 0 });
});

/** A user, and what the API has recorded of them. */
async function lived(knex: Knex): Promise<void> {
  const [user] = await knex('users').insert({ email: 'ada@example.com', name: 'Ada' }).returning('id');
  const { id } = user as { id: string };
  const entry = { subject: `user/${id}`, action: 'user.enable', userId: null, address: null } as const;
  await knex.transaction((tx) => recordAudit(tx, entry));
}

/** As a start leaves it. */
function dataFolder(t: Scope, known: Partial<Secrets>): string {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-data-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const random = () => randomBytes(32).toString('hex');
  const keys = { secretKey: random(), encryptionKey: random() };
  const secrets: Secrets = { ...keys, databasePassword: random(), controlToken: random(), ...known };
  writeFileSync(secretsFile(folder), JSON.stringify(secrets));
  return folder;
}

/** With these variables and no others. */
function run(name: Name, env: Record<string, string>, words: string[] = COMMANDS[name]) {
  return runProgram(`runtime/${name}.ts`, words, { PATH: '', ...env });
}
