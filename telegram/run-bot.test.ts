import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import test from 'ava';
import { pino } from 'pino';
import { until } from '../runtime/testing/stack.ts';
import { runBot } from './run-bot.ts';
import { answerTo, startBot } from './testing/start-bot.ts';

test('while one person waits for what is slow, others are answered, and each in the order they wrote', async (t) => {
  const { telegram, user, bots, knex } = await startBot(t);
  const [ada, eve] = [await user(), await user({ name: 'Eve' })];
  const row = { ticker: 'BTC/USDT', exchange: 'Binance', first_order: 'BUY', quantity: '1', buy_price: '1' };
  await knex('bots').insert({ ...row, sell_price: '2', user_id: ada.userId });
  let open = () => {};
  const slow = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { command } = bots;
  bots.command = async (bot, asked) => {
    await slow;
    return command(bot, asked);
  };
  ada.write('/start_bot 1');
  ada.write('/help');
  t.regex((await answerTo(eve, '/help')).text, /start_bot/);
  t.deepEqual(ada.received(), []);
  open();
  await until('both answers', () => ada.received().length === 2);
  t.regex(ada.received()[0]!.text, /running/);
  t.true(telegram.calls.filter(({ method }) => method === 'setMyCommands').length > 0);
});

test('who floods the bot is told once, and others are heard', async (t) => {
  const { user, telegram } = await startBot(t, { updatesPerMinute: 3 });
  const [ada, eve] = [await user(), await user({ name: 'Eve' })];
  for (let sent = 0; sent < 8; sent += 1) ada.write('/help');
  t.regex((await answerTo(eve, '/help')).text, /\/stopall/);
  await until('all to be heard', () => ada.received().length >= 4);
  t.is(ada.received().filter(({ text }) => text.startsWith('That was a lot')).length, 1);
  t.is(telegram.sent.filter(({ chatId }) => chatId === ada.id).length, 4);
});

test('Telegram may answer 429 and 5xx, be away, and give its updates to another: the bot hears on', async (t) => {
  const { telegram, user } = await startBot(t);
  const ada = await user();
  await answerTo(ada, '/help');
  telegram.faults.push({ method: 'getUpdates', times: 1, status: 409 });
  telegram.faults.push({ method: 'getUpdates', times: 1, status: 502 });
  telegram.faults.push({ method: 'getUpdates', times: 1, status: 429, parameters: { retry_after: 1 } });
  telegram.faults.push({ method: 'sendMessage', times: 1, status: 429, parameters: { retry_after: 1 } });
  ada.write('/help');
  t.regex((await answerTo(ada, '/help')).text, /\/stopall/);
  await until('the other answer', () => ada.received().length === 3);
});

test('a webhook hears what comes with its secret, by POST, on its path, and carries out once what comes twice', async (t) => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const url = `http://127.0.0.1:${port}/telegram`;
  const secret = 'a-secret-of-the-webhook';
  const webhook = { url, host: '127.0.0.1', port, secret };
  const { telegram, user } = await startBot(t, {}, { webhook });
  const ada = await user();
  await until('the webhook', () => telegram.calls.some(({ method }) => method === 'setWebhook'));
  t.regex((await answerTo(ada, '/help')).text, /\/stopall/);
  telegram.again();
  const shown = (header: string, change: RequestInit = {}, at = url) =>
    fetch(at, {
      ...{ method: 'POST', body: '{"update_id":1}' },
      headers: { 'X-Telegram-Bot-Api-Secret-Token': header },
      ...change,
    }).then(({ status }) => status);
  t.is(await shown('another'), 401);
  t.is(await fetch(url, { method: 'POST', body: '{}' }).then(({ status }) => status), 401);
  t.is(await shown(secret, {}, `${url}/${telegram.token}`), 404);
  t.is(await shown(secret, { method: 'GET', body: null }), 405);
  t.is(await shown(secret, { body: 'no update' }), 400);
  t.is(await shown(secret, { body: 'x'.repeat(1_000_001) }), 413);
  t.is(await shown(secret), 200);
  t.is(ada.received().length, 1);
});

test('the token is in no line of the log, whatever goes wrong on the way to Telegram', async (t) => {
  const lines: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(chunk.toString());
    done();
  };
  const { deps } = await startBot(t);
  const running = await runBot(
    { ...deps, apiUrl: 'http://127.0.0.1:9', log: pino(new Writable({ write })) },
    { webhook: null },
  );
  await until('a line of the log', () => lines.length > 1);
  await running.stop();
  t.regex(lines.join(''), /does not answer/);
  t.notRegex(lines.join(''), new RegExp(deps.token.split(':')[1]!));
});

test('a token that Telegram does not know ends it, with a word of its own', async (t) => {
  const { deps } = await startBot(t);
  const running = await runBot({ ...deps, token: '1:wrong' }, { webhook: null });
  await t.throwsAsync(running.ended, { name: 'WrongToken' });
});
