import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { signedIn } from '../api/testing/identity.ts';
import { startApi } from '../api/testing/start-api.ts';
import { environment } from './configuration.ts';
import { freshDatabase } from './testing/database.ts';

const PROGRAM = fileURLToPath(new URL('user.ts', import.meta.url));

test('P8: the first admin is made, and a user kept out, on the command line, at once', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const { call } = await startApi(t, {}, { knex });
  const run = (...words: string[]) => runProgram(url, words);
  const { headers, id } = await signedIn(call, 'ada@example.com');
  const status = async () => (await call('GET', '/auth/users', undefined, headers)).status;
  t.is(await status(), 403);
  t.like(await run('grant', 'admin', ' Ada@example.com'), {
    code: 0,
    output: `${id} admin ada@example.com\n`,
  });
  t.is(await status(), 200);
  const disabled = await run('disable', 'ada@example.com');
  t.regex(disabled.output, /ada@example\.com disabled \d{4}-.*\nNobody is admin now: /);
  t.is(await status(), 401);
  t.regex((await run('list')).output, new RegExp(`^${id} admin ada@example\\.com disabled `, 'm'));
  t.like(await run('enable', 'ada@example.com'), { code: 0, output: `${id} admin ada@example.com\n` });
  const nobody = await run('grant', 'ops', 'nobody@example.com');
  t.is(nobody.code, 1);
  t.regex(nobody.output, /sign up first/);
});

test('What cannot be understood changes nobody and says how to write it', async (t) => {
  const { url } = await freshDatabase(t);
  for (const words of [
    [],
    ['grant', 'root', 'ada@example.com'],
    ['disable', 'ada@example.com', 'bob@example.com'],
  ]) {
    const { code, output } = await runProgram(url, words);
    t.is(code, 64);
    t.regex(output, /grant user\|admin\|ops EMAIL/);
  }
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
