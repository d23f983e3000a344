import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { KillSwitch } from '../db/models/kill-switch.ts';
import { environment } from './configuration.ts';
import { freshDatabase } from './testing/database.ts';

const PROGRAM = fileURLToPath(new URL('kill-switch.ts', import.meta.url));

test('somebody from ops engages, lists and releases a kill switch', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const run = (...words: string[]) => runProgram(url, words);
  t.like(await run('engage', 'global', 'a drill'), { code: 0 });
  t.like(await KillSwitch.query(knex).findOne({ scope: 'global' }), { engaged: true, reason: 'a drill' });
  const listed = await run('list');
  t.regex(listed.output, /^global \* since .*: a drill$/m);
  t.like(await run('release', 'global'), { code: 0 });
  t.like(await KillSwitch.query(knex).findOne({ scope: 'global' }), { engaged: false });
  t.regex((await run('list')).output, /No kill switch is engaged/);
});

test('what cannot be understood engages nothing and says how to write it', async (t) => {
  const { knex, url } = await freshDatabase(t);
  for (const words of [
    [],
    ['engage', 'fund', 'x', 'y'],
    ['engage', 'bot', 'no-id', 'y'],
    ['engage', 'global'],
  ]) {
    const { code, output } = await runProgram(url, words);
    t.is(code, 64);
    t.regex(output, /engage global "reason"/);
  }
  t.is(await KillSwitch.query(knex).where({ engaged: true }).resultSize(), 0);
});

async function runProgram(url: string, words: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...words], {
    env: { ...environment(), DATABASE_URL: url, SECRET_KEY: 'x'.repeat(32) },
  });
  const [out, error, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
  ]);
  return { code, output: out + error };
}
