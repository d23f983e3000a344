import test from 'ava';
import { claimNotifications } from '../../db/notifications.ts';
import { PING_PONG } from '../../runtime/testing/rows.ts';
import { until } from '../../runtime/testing/stack.ts';
import {
  QUICK,
  startNotifications,
  type Reader,
  type TestNotifications,
} from '../testing/start-notifications.ts';

test('each person is told what is theirs, in their language, in order and once, by however many senders', async (t) => {
  const world = await startNotifications(t);
  const [ada, kim] = [await world.user(), await world.user({ language: 'ko' })];
  world.send();
  world.send();
  const all = Array.from({ length: 30 }, (_, n) => n);
  for (const n of all) for (const { userId } of [ada, kim]) await deposit(world, userId, n + 1);
  await until('all', () => ada.received().length >= 30 && kim.received().length >= 30);
  t.deepEqual(
    texts(ada),
    all.map((n) => `<b>📥 Deposit arrived: ${n + 1} USDC</b>`),
  );
  t.deepEqual(
    texts(kim),
    all.map((n) => `<b>📥 입금 도착: ${n + 1} USDC</b>`),
  );
  await until('all on record', async () => (await world.queue()).every(({ state }) => state === 'sent'));
  const logs = await world.knex('activity_logs').where({ level: 'TELEGRAM', user_id: ada.userId });
  t.is(logs.length, 30);
  for (const { message } of logs) t.is(message, 'Telegram: deposit');
  t.is((await world.queue()).length, 60, 'a line of the log about a message is told to nobody');
});

test('a silent kind arrives without a sound, one that is off not at all, nor anything after Telegram is switched off', async (t) => {
  const world = await startNotifications(t);
  const [ada, bob] = [await world.user(), await world.user()];
  const levels = { deposit: 'silent', withdrawal: 'off' };
  for (const [kind, level] of Object.entries(levels))
    await world.knex('notification_settings').insert({ user_id: ada.userId, kind, level });
  await world.knex('telegram_links').where({ user_id: bob.userId }).update({ is_on: false });
  world.send();
  await world.tell('fund.withdrawal', {
    user_id: ada.userId,
    payload: { status: 'approved', amount: '1', asset: 'USDC' },
  });
  for (const { userId } of [bob, ada]) await deposit(world, userId, 1);
  await until('the deposit', () => ada.received().length > 0);
  t.deepEqual(
    ada.received().map(({ silent }) => silent),
    [true],
  );
  t.deepEqual(
    (await world.queue()).map(({ kind, chat_id }) => [kind, chat_id]),
    [['deposit', ada.id]],
  );
});

test('an admin hears within seconds of a withdrawal that waits, and of a fund that is frozen; a user of neither', async (t) => {
  const world = await startNotifications(t);
  const [admin, ada] = [await world.user({ role: 'admin' }), await world.user()];
  world.send();
  const payload = { id: 'w-1', status: 'pending_approval', asset: 'USDC', amount: '100' };
  await world.tell('fund.withdrawal', { user_id: ada.userId, payload });
  await world.tell('fund.frozen', { payload: { because: 'the ledger <does not> add up' } });
  await until('both', () => admin.received().length === 2 && ada.received().length === 1);
  t.deepEqual(texts(admin), [
    '<b>✋ A withdrawal waits for approval</b>\n100 USDC\nNumber: w-1',
    '<b>❄️ The fund is frozen</b>\nthe ledger &lt;does not&gt; add up',
  ]);
  t.deepEqual(texts(ada), ['<b>📤 Withdrawal waits for approval: 100 USDC</b>']);
  await world.knex('fund_state').update({ owner_id: ada.userId });
  for (const was of ['ACTIVE', 'ERROR'])
    await world.tell('bot.status', { user_id: ada.userId, payload: { status: 'ERROR', was } });
  await world.tell('bot.status', { payload: { status: 'ERROR', was: 'ACTIVE' } });
  await until('the bot of the fund', () => admin.received().length === 3);
  t.is((await world.queue()).length, 4, 'an error is told once, and nobody else is told of it');
  await until('all on record', async () => (await world.queue()).every(({ state }) => state === 'sent'));
  const logs = await world.knex('activity_logs').orderBy('id').pluck('message');
  const kinds = ['bot_failed', 'fund_dealing', 'withdrawal', 'withdrawal_waits'];
  t.deepEqual(
    logs.toSorted(),
    kinds.map((kind) => `Telegram: ${kind}`),
    'the log says no more of the fund',
  );
});

test('a chat that Telegram asks to wait for is left alone until then, and others are not', async (t) => {
  const world = await startNotifications(t);
  const [ada, bob] = [await world.user(), await world.user()];
  world.telegram.faults.push({
    method: 'sendMessage',
    times: 1,
    status: 429,
    parameters: { retry_after: 2 },
    chatId: ada.id,
  });
  world.send();
  await deposit(world, ada.userId, 1);
  await until('a refusal', () => sends(world, ada).length === 1);
  await deposit(world, ada.userId, 2);
  await deposit(world, bob.userId, 3);
  await until('both of hers', () => ada.received().length === 2);
  const [refused, again] = sends(world, ada);
  t.true(again!.at - refused!.at >= 2_000, `${again!.at - refused!.at} ms`);
  t.true(bob.received()[0]!.at < again!.at);
  t.deepEqual(
    texts(ada).map((text) => /\d/.exec(text)![0]),
    ['1', '2'],
  );
});

test('where Telegram asks two chats to wait, it means everybody', async (t) => {
  const world = await startNotifications(t);
  const [ada, bob, eve] = [await world.user(), await world.user(), await world.user()];
  for (const { id: chatId } of [ada, bob])
    world.telegram.faults.push({
      method: 'sendMessage',
      times: 1,
      status: 429,
      parameters: { retry_after: 2 },
      chatId,
    });
  world.send();
  for (const { userId } of [ada, bob]) await deposit(world, userId, 1);
  await until('everything to rest', async () => {
    const { rest } = await world
      .knex('notification_pace')
      .first(world.knex.raw(`next_at > now() + interval '1 s' AS rest`));
    return rest as boolean;
  });
  await deposit(world, eve.userId, 1);
  await until('all three', () => [ada, bob, eve].every((reader) => reader.received().length === 1));
  t.true(sends(world, eve)[0]!.at - sends(world, bob)[0]!.at >= 1_900);
});

test('a Telegram that fails, or whose answer is lost, is asked again, and nothing is lost', async (t) => {
  const world = await startNotifications(t);
  const ada = await world.user();
  world.telegram.faults.push({ method: 'sendMessage', times: 1, status: 502 });
  world.telegram.faults.push({ method: 'sendMessage', times: 1, status: 500, afterwards: true });
  world.send();
  await deposit(world, ada.userId, 1);
  await until('it is sent', async () => (await world.queue())[0]?.state === 'sent');
  t.is(ada.received().length, 2, 'once more than it was taken for');
  t.is((await world.queue())[0]!.attempts, 3);
});

test('who has blocked the bot is sent nothing more; a message that is refused keeps up none after it', async (t) => {
  const world = await startNotifications(t);
  const [ada, bob] = [await world.user(), await world.user()];
  world.telegram.faults.push({ method: 'sendMessage', times: 1, status: 403, chatId: ada.id });
  for (const n of [1, 2]) await deposit(world, ada.userId, n);
  await deposit(world, bob.userId, 3);
  await until('all queued', async () => (await world.queue()).length === 3);
  world.send();
  await until('the other', () => bob.received().length === 1);
  await until('hers', async () => (await world.queue()).every(({ state }) => state !== 'waiting'));
  t.deepEqual(
    (await world.queue()).map(({ state }) => state),
    ['dropped', 'dropped', 'sent'],
  );
  t.truthy((await world.knex('telegram_links').where({ user_id: ada.userId }).first()).blocked_at);
  await deposit(world, ada.userId, 4);
  await deposit(world, bob.userId, 5);
  await until('the other again', () => bob.received().length === 2);
  t.is(sends(world, ada).length, 1);
});

test('a group that has become a supergroup is told there, now and later', async (t) => {
  const [group, movedTo] = [-100, -1_001];
  const world = await startNotifications(t, { operatorsChat: group });
  const gone = { status: 400, parameters: { migrate_to_chat_id: movedTo } } as const;
  world.telegram.faults.push({ method: 'sendMessage', times: 9, chatId: group, ...gone });
  for (const n of [1, 2]) await deposit(world, world.ownerId, n);
  await until('both queued', async () => (await world.queue()).length === 2);
  world.send();
  const there = () => world.telegram.sent.filter(({ chatId }) => chatId === movedTo);
  await until('both', () => there().length === 2);
  await deposit(world, world.ownerId, 3);
  await until('the next', () => there().length === 3);
  t.is(world.telegram.faults[0]!.times, 8, 'it is asked once');
  t.deepEqual(
    there().map(({ text }) => /\d/.exec(text)![0]),
    ['1', '2', '3'],
  );
});

test('what a sender took and died with is sent by the next when its claim has run out', async (t) => {
  const pace = { ...QUICK, leaseMs: 1_000 };
  const world = await startNotifications(t, { pace });
  const ada = await world.user();
  for (const n of [1, 2]) await deposit(world, ada.userId, n);
  await until('both queued', async () => (await world.queue()).length === 2);
  const claim = () => claimNotifications(world.knex, { pace, atMost: 10 });
  // As after a claim just before.
  await world.knex('notification_pace').update({ next_at: world.knex.raw(`now() + interval '0.4 s'`) });
  const first = await claim();
  t.is(first.notifications.length, 1, 'the second waits for the first');
  t.true(first.afterMs > 0 && first.afterMs <= 400, `${first.afterMs}`);
  t.is((await claim()).notifications.length, 0);
  world.send();
  await until('both', () => ada.received().length === 2);
  t.deepEqual(
    texts(ada).map((text) => /\d/.exec(text)![0]),
    ['1', '2'],
  );
});

test('what cannot be noted at once is noted a little later, and not sent again', async (t) => {
  const world = await startNotifications(t);
  const ada = await world.user();
  await world.knex.raw(`
    CREATE SEQUENCE tries;
    CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('tries') <= 2 THEN RAISE 'away'; END IF;
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER fail_twice AFTER INSERT ON activity_logs EXECUTE FUNCTION fail_twice()`);
  world.send();
  await deposit(world, ada.userId, 1);
  await until('it is noted', async () => (await world.queue())[0]?.state === 'sent');
  t.is(ada.received().length, 1);
});

test('a sender that stood still for longer than its claim sends nothing of it', async (t) => {
  const world = await startNotifications(t, { pace: { ...QUICK, perSecond: 20 } });
  const readers = [await world.user(), await world.user()] as const;
  for (const { userId } of readers) await deposit(world, userId, 1);
  await until('both queued', async () => (await world.queue()).length === 2);
  const [one, other] = readers;
  // It stands still as soon as the first is with Telegram.
  world.send(() => Date.now() + (sends(world, one).length > 0 ? QUICK.leaseMs * 2 : 0));
  await until('both', () => readers.every((reader) => reader.received().length === 1));
  const late = other.received()[0]!.at - one.received()[0]!.at;
  t.true(late >= QUICK.leaseMs - 500, `${late} ms`);
});

test('whoever is not linked any more when it is sent is told nothing, and what is a day old is no news', async (t) => {
  const world = await startNotifications(t);
  const [ada, bob] = [await world.user(), await world.user()];
  const old = new Date(Date.now() - 25 * 3_600_000);
  await world.tell('fund.deposit', { user_id: bob.userId, payload: { status: 'credited' }, created_at: old });
  for (const { userId } of [ada, bob]) await deposit(world, userId, 1);
  await until('both queued', async () => (await world.queue()).length === 2);
  await world.knex('telegram_links').where({ user_id: ada.userId }).update({ user_id: world.ownerId });
  world.send();
  await until('all over', async () => (await world.queue()).every(({ state }) => state !== 'waiting'));
  t.is(ada.received().length, 0);
  t.is(bob.received().length, 1);
});

test('who is disabled, no admin any more, or has turned a kind off meanwhile, is not sent what waits', async (t) => {
  const chat = 1_001;
  const world = await startNotifications(t, { operatorsChat: chat });
  const { knex } = world;
  // Her chat is the installation's too: what is hers goes when her link does.
  const ada = await world.user();
  t.is(ada.id, chat);
  const [demoted, disabled, choosy, admin] = [
    await world.user({ role: 'admin' }),
    await world.user(),
    await world.user(),
    await world.user({ role: 'admin' }),
  ];
  await knex('fund_state').update({ owner_id: world.ownerId });
  await world.tell('bot.status', { user_id: world.ownerId, payload: { status: 'STOPPED', was: 'ACTIVE' } });
  await world.tell('fund.frozen', { payload: { because: 'it does not add up' } });
  for (const { userId } of [ada, disabled, choosy]) await deposit(world, userId, 1);
  await until('all queued', async () => (await world.queue()).length === 9);
  await knex('telegram_links').where({ user_id: ada.userId }).delete();
  await knex('users').where({ id: demoted.userId }).update({ role: 'user' });
  await knex('users').where({ id: disabled.userId }).update({ disabled_at: new Date() });
  await knex('notification_settings').insert({ user_id: choosy.userId, kind: 'deposit', level: 'off' });
  world.send();
  await until('all over', async () => (await world.queue()).every(({ state }) => state !== 'waiting'));
  t.deepEqual(
    [demoted, disabled, choosy].flatMap((reader) => texts(reader)),
    [],
  );
  t.is(admin.received().length, 2);
  t.is(ada.received().length, 2, 'the system, and nothing of hers');
});

test('what somebody has to act on goes before the news that waits, each in its order', async (t) => {
  // One at a time, to all chats together.
  const world = await startNotifications(t, { pace: { ...QUICK, perSecond: 4 } });
  const [admin, ada] = [await world.user({ role: 'admin' }), await world.user()];
  for (const n of [1, 2]) for (const { userId } of [admin, ada]) await deposit(world, userId, n);
  for (const [type, payload] of [
    ['fund.frozen', { because: 'it does not add up' }],
    ['fund.unfrozen', {}],
  ] as const)
    await world.tell(type, { payload });
  await world.tell('auth.locked_out', { user_id: ada.userId, payload: { seconds: 60 } });
  await until('all queued', async () => (await world.queue()).length === 7);
  world.send();
  await until('all', () => admin.received().length === 4 && ada.received().length === 3);
  const first = (reader: Reader) => texts(reader).map((text) => text.split(/[:\n]/)[0]);
  t.deepEqual(first(admin).slice(0, 2), ['<b>❄️ The fund is frozen</b>', '<b>☀️ The fund deals again</b>']);
  t.is(first(ada)[0], '<b>🔒 Sign-in locked</b>');
  t.deepEqual(
    world.telegram.sent.slice(0, 3).map(({ chatId }) => chatId),
    [admin.id, admin.id, ada.id],
    'also before the news of others',
  );
  for (const reader of [admin, ada])
    t.deepEqual(
      texts(reader)
        .slice(-2)
        .map((text) => /\d/.exec(text)![0]),
      ['1', '2'],
    );
});

test('what happens to the bots of the default owner is told in the chat of the installation, a change of status once', async (t) => {
  const chat = 77;
  const world = await startNotifications(t, { operatorsChat: chat });
  const { knex, ownerId } = world;
  const [{ id: bot_id }] = (await knex('bots')
    .insert({ ...PING_PONG, user_id: ownerId })
    .returning('id')) as [{ id: string }];
  const of = { bot_id, user_id: ownerId };
  world.send();
  const status = (to: string, was: string, error: string | null = null) =>
    world.tell('bot.status', { ...of, payload: { status: to, was, finishing: false, error } });
  const trade = {
    side: 'BUY',
    symbol: 'BTC/USDT',
    exchange: 'Binance',
    quantity: '0.0100',
    price: '45000',
    pnl: null,
  };
  await status('ACTIVE', 'STOPPED');
  await world.tell('bot.trade', { ...of, payload: { trade } });
  await world.tell('bot.trade', {
    ...of,
    payload: { trade: { ...trade, side: 'SELL', price: '46000', pnl: '9.996' } },
  });
  await status('STOPPED', 'ACTIVE');
  await status('STOPPED', 'STOPPED');
  const received = () => world.telegram.sent.filter(({ chatId }) => chatId === chat).map(({ text }) => text);
  // What is urgent would overtake the others.
  await until('four', () => received().length === 4);
  await status('ERROR', 'ACTIVE', 'No money');
  await until('all five', () => received().length === 5);
  t.deepEqual(received(), [
    '<b>▶️ Bot started: BTC/USDT · Binance</b>',
    '<b>✅ BUY filled: BTC/USDT · Binance</b>\n0.01 @ 45000',
    '<b>💰 Position closed: BTC/USDT · Binance</b>\nSELL 0.01 @ 46000\nPnL: +10.00 USDT',
    '<b>⏹ Bot stopped: BTC/USDT · Binance</b>',
    '<b>⚠️ Bot in error: BTC/USDT · Binance</b>\nNo money\nIt does nothing until you start it.',
  ]);
  await until('all on record', async () => (await world.queue()).every(({ state }) => state === 'sent'));
  const filled = await knex('activity_logs').where('message', 'like', '%BUY%').select('message', 'user_id');
  t.deepEqual(filled, [{ user_id: ownerId, message: '✅ BUY filled: BTC/USDT · Binance · 0.01 @ 45000' }]);
});

const texts = (reader: Reader): string[] => reader.received().map(({ text }) => text);

/** Every call, taken or not. */
function sends({ telegram }: TestNotifications, { id }: Reader) {
  return telegram.calls.filter(
    ({ method, fields }) => method === 'sendMessage' && Number(fields['chat_id']) === id,
  );
}

async function deposit({ tell }: TestNotifications, user_id: string, n: number): Promise<void> {
  await tell('fund.deposit', { user_id, payload: { status: 'credited', amount: String(n), asset: 'USDC' } });
}
