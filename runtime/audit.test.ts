import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Knex } from 'knex';
import { recordAudit } from '../db/audit.ts';
import { auditKeyOf } from '../db/audit-seal.ts';
import { openDatabase } from '../db/connect.ts';
import { keepAnchors, openAnchors } from './audit-anchors.ts';
import { runProgram } from './testing/command-line.ts';
import { freshDatabase } from './testing/database.ts';

const SECRET_KEY = 'a-secret-of-the-command-line-of-tests';

async function scene(t: ExecutionContext) {
  const { url } = await freshDatabase(t);
  const knex = openDatabase({ url, auditKey: auditKeyOf(SECRET_KEY), acquireTimeoutMs: 60_000 });
  t.teardown(() => knex.destroy());
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-anchors-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'kept', 'anchors.jsonl');
  const verify = (...options: string[]) =>
    commandLine(['verify', ...options], {
      ...{ DATABASE_URL: url, SECRET_KEY, DATA_DIR: folder, AUDIT_ANCHOR_FILE: file },
      SECRET_KEY_PREVIOUS: 'one-that-has-sealed-nothing-in-this-log',
    });
  return { knex, file, verify };
}

test('The command line verifies a log with its anchors, and names what was cut off', async (t) => {
  const { knex, file, verify } = await scene(t);
  for (let entry = 0; entry < 3; entry++) await record(knex, 'system');
  t.like(await verify(), { code: 66 });
  t.like(await verify('--without-anchors'), { code: 0 });
  await keepAnchors({ knex, file })();
  const untouched = await verify();
  t.is(untouched.code, 0);
  t.regex(
    untouched.output,
    /^3 entries in 1 chains, 1 anchors, anchored until 20\S+Z\nNothing was changed\.\n$/,
  );

  await knex.transaction(async (tx) => {
    await tx.raw('SET LOCAL session_replication_role = replica');
    await tx('audit_logs').where({ number: 3 }).delete();
    const last = await tx('audit_logs').where({ number: 2 }).first('number', 'hash');
    await tx('audit_heads').update(last);
  });
  t.like(await verify('--without-anchors'), { code: 0 });
  const cut = await verify();
  t.is(cut.code, 1);
  t.regex(cut.output, /^system: entry 3 is missing: it was anchored\n/);
  t.like(await verify('--anchors', `${file}.old`), { code: 66 });
  t.like(await commandLine(['forget'], {}), { code: 64 });
});

test('Anchors are added as chains go on, whatever a crash has left of a line', async (t) => {
  const { knex, file } = await scene(t);
  const subject = `user/${randomUUID()}` as const;
  await record(knex, 'system');
  await keepAnchors({ knex, file })();
  await appendFile(file, '{"at":"2026-01-01T0');
  await record(knex, subject);
  const end = keepAnchors({ knex, file, everyMs: 10 });
  await record(knex, subject);
  while (!(await readFile(file, 'utf8')).includes(`["${subject}",2,`));
  await end();

  const anchors = await openAnchors(file);
  const noted: string[] = [];
  for await (const { chain, number } of anchors!.heads) noted.push(`${chain} ${number}`);
  t.is(noted[0], 'system 1');
  t.is(noted.at(-1), `${subject} 2`);
  // All of them when it begins, then what is new; at its end nothing was.
  t.is(noted.filter((one) => one === 'system 1').length, 2);
  t.is(noted.filter((one) => one === `${subject} 2`).length, 1);
  t.is(anchors!.unreadable(), 1);
});

test('Where anchors cannot be written it is told, and all is noted once they can', async (t) => {
  const { knex, file } = await scene(t);
  await record(knex, 'system');
  const faults: unknown[] = [];
  const inTheWay = join(file, '..');
  await writeFile(inTheWay, '');
  const end = keepAnchors({ knex, file, everyMs: 10, onFault: (error) => faults.push(error) });
  while (faults.length === 0) await record(knex, 'system');
  await rm(inTheWay);
  while (!(await openAnchors(file)));
  await end();
  const numbers: number[] = [];
  for await (const { number } of (await openAnchors(file))!.heads) numbers.push(number);
  t.is(numbers.at(-1), (await knex('audit_heads').first('number')).number);
});

function record(knex: Knex, subject: 'system' | `user/${string}`): Promise<void> {
  const entry = { subject, action: 'kill_switch.release', userId: null, address: null } as const;
  return knex.transaction((tx) => recordAudit(tx, entry));
}

function commandLine(words: string[], env: Record<string, string>): ReturnType<typeof runProgram> {
  return runProgram('runtime/audit.ts', words, { ...env, PATH: '' });
}
