import test from 'ava';
import { PASSWORD, signedIn } from '../api/testing/identity.ts';
import { startApi } from '../api/testing/start-api.ts';
import { withTwoFactor } from '../api/testing/two-factor.ts';
import { environment } from './configuration.ts';
import { runProgram } from './testing/command-line.ts';
import { freshDatabase, TEST_SECRET_KEY } from './testing/database.ts';

test('P8: the first admin is made, and a user kept out, on the command line, at once', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const { call } = await startApi(t, {}, { knex });
  const run = (...words: string[]) => commandLine(url, words);
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

test('Who has lost authenticator and recovery codes is let in again on the command line, and signs in anew', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const { call } = await startApi(t, {}, { knex });
  const { id, email, headers } = await signedIn(call, 'ada@example.com');
  const reset = () => commandLine(url, ['reset-2fa', ' Ada@example.com']);
  t.is((await reset()).code, 1);
  await withTwoFactor(call, headers, () => new Date());
  const login = () => call<{ pre_2fa_token: string }>('POST', '/auth/login', { email, password: PASSWORD });
  const { pre_2fa_token } = (await login()).body;
  t.truthy(pre_2fa_token);
  const guess = () => call('POST', '/auth/login/2fa', { pre_2fa_token, code: 'not-a-code' });
  for (let count = 0; count < 5; count++) t.is((await guess()).status, 401);
  const locks = () => knex('login_attempts').whereLike('source', 'factor:%').whereNotNull('locked_until');
  t.is((await locks()).length, 1);
  t.is((await reset()).code, 0);
  t.deepEqual(await locks(), []);
  t.is((await call('GET', '/auth/sessions', undefined, headers)).status, 401);
  t.is((await call('POST', '/auth/login/2fa', { pre_2fa_token, code: '123456' })).status, 401);
  t.is((await login()).status, 200);
  t.deepEqual(await knex('recovery_codes'), []);
  t.like(await knex('audit_logs').where({ action: 'two_factor.reset' }).first(), {
    ...{ user_id: null, target: `user/${id}` },
  });
  t.is((await commandLine(url, ['reset-2fa', 'nobody@example.com'])).code, 1);
});

test('What cannot be understood changes nobody and says how to write it', async (t) => {
  const { url } = await freshDatabase(t);
  for (const words of [
    [],
    ['grant', 'root', 'ada@example.com'],
    ['disable', 'ada@example.com', 'bob@example.com'],
  ]) {
    const { code, output } = await commandLine(url, words);
    t.is(code, 64);
    t.regex(output, /grant user\|admin\|ops EMAIL/);
  }
});

function commandLine(url: string, words: string[]): ReturnType<typeof runProgram> {
  const env = { ...environment(), DATABASE_URL: url, SECRET_KEY: TEST_SECRET_KEY };
  return runProgram('runtime/user.ts', words, env);
}
