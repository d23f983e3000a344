import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { environment } from './configuration.ts';
import { freePort } from './embedded/ports.ts';
import { program } from './project.ts';
import { runProgram } from './testing/command-line.ts';
import { freshDatabase, TEST_SECRET_KEY, type Scope } from './testing/database.ts';
import { until } from './testing/stack.ts';
import { startTelegram, type TelegramServer } from './testing/telegram-server.ts';

const COMMAND = 'runtime/telegram.ts';

async function variablesOf(t: Scope, telegram: TelegramServer) {
  const { knex, url } = await freshDatabase(t);
  const TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`;
  const secrets = { DATABASE_URL: url, SECRET_KEY: TEST_SECRET_KEY, ENCRYPTION_KEY: '0a'.repeat(32) };
  const env = {
    ...{ ...environment(), ...secrets, TEMPORAL_ADDRESS },
    ...{ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.url },
  };
  return { knex, env };
}

function launch(t: Scope, env: Record<string, string | undefined>): { child: ChildProcess; log(): string } {
  const child = spawn(process.execPath, program(COMMAND), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  t.teardown(() => child.kill('SIGKILL'));
  return { child, log: () => log };
}

test('the process answers without Temporal; one that is killed leaves what it had not answered to the next, and its log holds no token', async (t) => {
  const telegram = await startTelegram(t);
  const { env, knex } = await variablesOf(t, telegram);
  const ada = telegram.person(7);
  const eve = telegram.person(8);
  const first = launch(t, env);
  ada.write('/help');
  await until('an answer', () => ada.received()[0], { patienceMs: 60_000 });
  // It is at it, and does not get through, when it dies.
  telegram.faults.push({
    method: 'sendMessage',
    times: 1,
    status: 429,
    parameters: { retry_after: 25 },
    chatId: eve.id,
  });
  const tried = () => telegram.calls.some(({ fields }) => Number(fields['chat_id']) === eve.id);
  eve.write('/start');
  await until('a try', tried);
  // Another's is confirmed after it, and must not be so with it.
  ada.write('/help');
  await until('another answer', () => ada.received()[1]);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = launch(t, env);
  await until('the answer that was left', () => eve.received()[0], { patienceMs: 60_000 });
  // Nothing is confirmed before what was written earlier: that one is answered again.
  await until('the other once more', () => ada.received()[2]);
  // A bot of Temporal's cannot be reached: that is said, and the process stays.
  const [{ id: userId }] = (await knex('users').insert({ name: 'Ada' }).returning('id')) as [{ id: string }];
  await knex('telegram_links').insert({
    ...{ user_id: userId, telegram_id: ada.id, name: 'Ada', linked_at: new Date() },
  });
  const before = ada.received().length;
  await knex('bots').insert({
    ...{ user_id: userId, ticker: 'BTC/USDT', exchange: 'Binance', first_order: 'BUY', quantity: '1' },
    ...{ buy_price: '1', sell_price: '2' },
  });
  ada.write('/start_bot 1');
  const answer = await until('a refusal', () => ada.received()[before]);
  t.regex(answer.text, /away/);
  second.child.kill('SIGTERM');
  const [code] = (await once(second.child, 'exit')) as [number | null];
  t.is(code, 0);
  t.regex(second.log(), /t\.me\/perpetua_test_bot/);
  t.notRegex(first.log() + second.log(), new RegExp(telegram.token.split(':')[1]!));
});

test('what is missing is said in a sentence: the token, or one that Telegram knows', async (t) => {
  const telegram = await startTelegram(t);
  const { env } = await variablesOf(t, telegram);
  const without = await runProgram(COMMAND, [], { ...env, TELEGRAM_BOT_TOKEN: '' });
  t.is(without.code, 78);
  t.regex(without.output, /^TELEGRAM_BOT_TOKEN is missing.*\n$/);
  const wrong = await runProgram(COMMAND, [], { ...env, TELEGRAM_BOT_TOKEN: '1:another-token' });
  t.is(wrong.code, 78);
  t.regex(wrong.output, /Telegram does not know TELEGRAM_BOT_TOKEN/);
  t.notRegex(wrong.output, /another-token/);
});
