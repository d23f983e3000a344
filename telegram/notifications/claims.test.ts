import test from 'ava';
import { claimNotifications } from '../../db/notifications.ts';
import { until } from '../../runtime/testing/stack.ts';
import {
  deposit,
  QUICK,
  sends,
  startNotifications,
  texts,
  type Reader,
} from '../testing/start-notifications.ts';

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
