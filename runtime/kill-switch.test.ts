import test from 'ava';
import { KillSwitch } from '../db/models/kill-switch.ts';
import { environment } from './configuration.ts';
import { runProgram } from './testing/command-line.ts';
import { freshDatabase, TEST_SECRET_KEY } from './testing/database.ts';

test('somebody from ops engages, lists and releases a kill switch', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const run = (...words: string[]) => commandLine(url, words);
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
    const { code, output } = await commandLine(url, words);
    t.is(code, 64);
    t.regex(output, /engage global "reason"/);
  }
  t.is(await KillSwitch.query(knex).where({ engaged: true }).resultSize(), 0);
});

function commandLine(url: string, words: string[]): ReturnType<typeof runProgram> {
  const env = { ...environment(), DATABASE_URL: url, SECRET_KEY: TEST_SECRET_KEY };
  return runProgram('runtime/kill-switch.ts', words, env);
}
