import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Scope } from '../testing/database.ts';
import { takeDataFolder } from './data-folder.ts';

test('nobody else can read what is in it', (t) => {
  const data = join(somewhere(t), 'data');
  const folder = takeDataFolder(data);
  for (const path of [folder.path('logs'), folder.path('run'), folder.path('exchange')])
    t.is(modeOf(path) & 0o077, 0, path);
  t.is(modeOf(folder.path('secrets.json')), 0o600);
  // Root's PostgreSQL gets through to its data, and sees nothing else on its way.
  t.is(modeOf(data) & 0o066, 0);
});

test('what an earlier version left open to all is closed', (t) => {
  const data = somewhere(t);
  mkdirSync(join(data, 'logs'));
  chmodSync(join(data, 'logs'), 0o755);
  t.is(modeOf(takeDataFolder(data).path('logs')), 0o700);
});

test('once it is let go no pid is left in it, and what is kept is there', (t) => {
  const data = join(somewhere(t), 'data');
  const folder = takeDataFolder(data);
  for (const part of ['api', 'worker', 'exchange', 'temporal']) writeFileSync(folder.pidFile(part), '1');
  folder.release();
  t.deepEqual(readdirSync(folder.path('run')), []);
  t.true(existsSync(folder.path('secrets.json')));
  t.deepEqual(takeDataFolder(data).secrets, folder.secrets);
});

function somewhere(t: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-data-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
