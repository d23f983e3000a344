import { randomUUID } from 'node:crypto';
import test from 'ava';
import { testIdentity } from '../../api/testing/identity.ts';
import { insertKeys } from '../../db/exchange-keys.ts';
import { startExchangeAccounts } from '../../runtime/testing/exchange-accounts.ts';
import { openHolder } from '../../runtime/testing/fund-holders.ts';
import { shared } from '../../runtime/testing/shared.ts';
import type { SentMessage } from '../../runtime/testing/telegram-server.ts';
import { until } from '../../runtime/testing/stack.ts';
import { tradingBot } from '../../runtime/testing/trading-history.ts';
import { PHONE_WIDTH, widthOf } from '../table.ts';
import { answerTo, startBot, type LinkedPerson, type TestBot } from '../testing/start-bot.ts';

const NOW = '2026-03-10T03:00:00Z';

const identity = testIdentity({ now: () => new Date(NOW) });

const setUp = shared(async (t) => startBot(t, { identity }));

async function press(
  { telegram }: TestBot,
  person: LinkedPerson,
  { messageId, data, shown }: { messageId: number; data: string; shown: RegExp },
): Promise<SentMessage> {
  const message = telegram.sent.find((each) => each.messageId === messageId)!;
  person.press(message, data);
  await until(data, () => shown.test(message.text));
  return message;
}

test('a long answer is turned over page by page, each of which fits a phone', async (t) => {
  const bot = await setUp(t);
  const { telegram, knex, user } = bot;
  const [ada, bob] = [await user(), await user()];
  await tradingBot(knex, ada.userId, {
    trades: [['1000000.5', '2026-02-01T00:00:00Z']],
    name: `<b>${'x'.repeat(80)}`,
  });
  const { messageId, text, buttons } = await answerTo(ada, '/daily 70');
  t.regex(text, /2026-03-10 +0 +0\/0 +\+0\.00/);
  t.deepEqual(buttons, [['daily:70:1']]);
  const second = await press(bot, ada, { messageId, data: 'daily:70:1', shown: /2026-02-01/ });
  t.deepEqual(second.buttons, [['daily:70:0', 'daily:70:2']]);
  t.regex(second.text, /2026-02-01 +1 +1\/0 +\+1000000\.50/);
  // Twice, past the end, and of somebody who has nothing of the kind: each sees their own.
  const last = await press(bot, ada, { messageId, data: 'daily:70:99', shown: /2025-12-31/ });
  t.deepEqual(last.buttons, [['daily:70:1']]);
  const others = await answerTo(bob, '/daily 70');
  bob.press(others, 'daily:70:1');
  await until('his second page', () => /2026-02-01/.test(others.text));
  t.notRegex(others.text, /1000000/);

  // What is no button any more, or never was one.
  for (const data of ['gone:1', 'dailyx:1', '']) {
    ada.press(last, data);
    await until(`an answer to ${data}`, () =>
      telegram.calls.some(
        ({ method, fields }) =>
          method === 'answerCallbackQuery' && /out of date/.test(String(fields['text'])),
      ),
    );
    telegram.calls.length = 0;
  }
  for (const command of ['/status', '/bots', '/profit']) await answerTo(ada, command);
  for (const { text: shown } of ada.received()) {
    t.true(shown.length <= 4_096);
    const [, inTable = ''] = /<pre>(.*)<\/pre>/s.exec(shown) ?? [];
    for (const line of inTable.split('\n'))
      t.true(widthOf(line.replaceAll(/&[lg]t;/g, '<')) <= PHONE_WIDTH, line);
    t.false(shown.includes('<b>xx'));
  }
});

test('what follows a command that takes nothing is on none of its buttons', async (t) => {
  const { knex, user } = await setUp(t);
  const ada = await user();
  for (let n = 0; n < 30; n += 1) await tradingBot(knex, ada.userId, { trades: [], name: `Bot ${n}` });
  for (const command of ['status', 'bots'])
    t.deepEqual((await answerTo(ada, `/${command} ${'a'.repeat(70)}`)).buttons, [[`${command}::1`]]);
});

test('what follows a command is checked, and it is said what to write', async (t) => {
  const { user } = await setUp(t);
  for (const command of [
    '/daily 0',
    '/daily 366',
    '/daily -1',
    '/daily 1.5',
    '/daily x',
    '/daily 1 2',
    '/weekly 105',
  ])
    t.regex((await answerTo(await user(), command)).text, /whole number from 1 to (365|104)/, command);
  const korean = await user({ language: 'ko' });
  t.regex((await answerTo(korean, '/trades 201')).text, /1에서 200 사이의 정수/);
});

test('trades are listed with what they came to; those that only opened have come to nothing yet', async (t) => {
  const { knex, user } = await setUp(t);
  const ada = await user();
  await tradingBot(knex, ada.userId, {
    trades: [
      [null, '2026-03-10T01:00:00Z'],
      ['-1.5', '2026-03-10T02:00:00Z', 'ETH/USDT'],
    ],
  });
  t.regex(
    (await answerTo(ada, '/trades 9')).text,
    /<pre>SELL ETH 03-10 02:00 -1\.50\nBUY BTC +03-10 01:00 +-<\/pre>/,
  );
  t.notRegex((await answerTo(ada, '/trades 1')).text, /BUY/);
});

test('why a bot does not trade is answered for the one that is named or chosen', async (t) => {
  const { knex, user, telegram } = await setUp(t);
  const ada = await user();
  const id = await tradingBot(knex, ada.userId, { name: 'One', status: 'ACTIVE' });
  await tradingBot(knex, ada.userId, {
    name: 'Two',
    error: 'The exchange <refused> the keys',
    status: 'ERROR',
  });
  const reasons = [{ code: 'waiting', detail: 'The price is < 5', at: Date.parse(NOW) }];
  await knex('bot_session_states').insert({
    ...{ bot_id: id, last_price: '45000.10', observed_at: NOW, reasons: JSON.stringify(reasons) },
  });
  const choice = await answerTo(ada, '/why');
  t.true(choice.buttons.flat().includes(`why:${id}`));
  const answered = /One<\/b> - running\nPrice seen: 45000\.1\n• 2026-03-10 03:00 The price is &lt; 5/;
  ada.press(choice, `why:${id}`);
  await until('the reasons', () => telegram.sent.some(({ text }) => answered.test(text)));
  t.regex((await answerTo(ada, `/why ${id.slice(0, 8)}`)).text, answered);
  t.regex(
    (await answerTo(ada, '/why two')).text,
    /Two<\/b> - error\nThe exchange &lt;refused&gt; the keys\n.*no reason/,
  );
});

test('the fund: what a unit is worth, what is theirs, and where they pay in', async (t) => {
  const { knex, user, telegram } = await setUp(t);
  const [ada, bob] = [await user(), await user({ language: 'ko' })];
  t.regex((await answerTo(ada, '/nav')).text, /One unit: 1 USDC\nThe fund has not been valued yet/);
  await openHolder(knex, '20', bob.userId);
  t.regex((await answerTo(bob, '/units')).text, /좌수 +20\n/);
  t.regex((await answerTo(ada, '/units')).text, /Units +0\n/);

  const which = await answerTo(ada, '/deposit');
  t.deepEqual(which.buttons, [['deposit:ETH', 'deposit:BSC', 'deposit:TRX', 'deposit:SOL']]);
  const address = new RegExp(`made-up-BSC-${ada.userId}.*Less than 10 USDC gets no units`, 's');
  ada.press(which, 'deposit:BSC');
  await until('the address', () => telegram.sent.some(({ text }) => address.test(text)));
  t.regex(
    (await answerTo(bob, '/deposit bsc')).text,
    new RegExp(`made-up-BSC-${bob.userId}.*10 USDC 미만`, 's'),
  );
});

test('the balance is the one of their own keys; what is well is said to be', async (t) => {
  const { accounts, openAccount, vault } = await startExchangeAccounts(t);
  const { knex, user, bots } = await startBot(t, { identity, accounts });
  const ada = await user();
  t.regex((await answerTo(ada, '/balance')).text, /no keys of yours/);
  const { api_key: apiKey, api_secret: secret } = openAccount('ada', { balances: { USDT: '1000.129' } });
  const [userId, exchange, kind] = [ada.userId, 'Binance', 'paper'] as const;
  const place = { accountId: randomUUID(), userId, exchange, kind };
  const { sealed, keyId } = vault.seal({ apiKey, secret }, place);
  const keys = { sealed, sealed_key_id: keyId, api_key_last4: 'last', permissions: [], warnings: [] };
  const account = { id: place.accountId, user_id: userId, exchange, kind, ...keys };
  await insertKeys(knex, account, { userId, address: null });
  t.regex(
    (await answerTo(ada, '/balance')).text,
    /USDT, Binance\n<pre>Total +1000\.12\nFree +1000\.12\nIn orders +0\.00/,
  );
  // The installation's owner has an account that nobody entered: it is theirs alone, and they need not name it.
  const operators = await startBot(t, { identity, accounts, operatorsChat: 5 });
  const demo = { id: randomUUID(), user_id: operators.ownerId, exchange, kind, label: 'demo' } as const;
  const { api_key, api_secret } = openAccount('demo', { balances: { USDT: '7' } });
  const owned = { accountId: demo.id, userId: operators.ownerId, exchange, kind };
  const locked = vault.seal({ apiKey: api_key, secret: api_secret }, owned);
  await operators
    .knex('exchange_accounts')
    .insert({ ...demo, sealed: locked.sealed, sealed_key_id: locked.keyId, api_key_last4: 'demo' });
  for (const command of ['/balance', '/balance binance'])
    t.regex((await answerTo(operators.telegram.person(5), command)).text, /Total +7\.00/);
  t.regex((await answerTo(await operators.user(), '/balance')).text, /no keys of yours/);
  t.regex((await answerTo(ada, '/health')).text, /Database +up\nTrading +up/);
  bots.outage = 'away';
  t.regex((await answerTo(ada, '/health')).text, /Database +up\nTrading +down/);
});

test('the profit can be asked for as a picture', async (t) => {
  const { knex, user } = await setUp(t);
  const ada = await user();
  await tradingBot(knex, ada.userId, {
    trades: [
      ['10', '2026-03-01T00:00:00Z'],
      ['-12.5', '2026-03-09T00:00:00Z'],
    ],
  });
  const { picture, text } = await answerTo(ada, '/chart 10');
  t.is(text, '📈 10 days: -2.50 USDT');
  t.deepEqual([...picture!.subarray(0, 4)], [0x89, ...Buffer.from('PNG')]);
  t.deepEqual([picture!.readUInt32BE(16), picture!.readUInt32BE(20)], [960, 540]);
  t.regex((await answerTo(ada, '/chart 0')).text, /from 1 to 365/);
});
