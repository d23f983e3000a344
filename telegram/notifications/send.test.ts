import test from 'ava';
import { PING_PONG } from '../../runtime/testing/rows.ts';
import { until } from '../../runtime/testing/stack.ts';
import { deposit, sends, startNotifications, texts } from '../testing/start-notifications.ts';

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
  // What cannot be read is told to nobody, and keeps up none after it.
  for (const payload of ['null', '{"status": {"toString": 1}}'])
    await world.knex('events').insert({ type: 'bot.status', user_id: ada.userId, payload });
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
  const logs = await world.knex('activity_logs').orderBy('message').pluck('message');
  const kinds = ['bot_failed', 'fund_dealing', 'withdrawal', 'withdrawal_waits'];
  t.deepEqual(
    logs,
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
