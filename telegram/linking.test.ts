import test from 'ava';
import { signedIn, testClock, testIdentity } from '../api/testing/identity.ts';
import { patientDatabase, startApi, TEST_SETTINGS, type TestAnswer } from '../api/testing/start-api.ts';
import { claimTelegram } from '../api/commands/link-telegram.ts';
import type { Scope } from '../runtime/testing/database.ts';
import { until } from '../runtime/testing/stack.ts';
import { answerTo, startBot } from './testing/start-bot.ts';

interface LinkCode {
  code: string;
  expires_at: string;
  url: string | null;
}

/** The API and the bot over one database, and one clock. */
async function doors(t: Scope) {
  const { knex } = await patientDatabase(t);
  const clock = testClock();
  const identity = testIdentity({ now: clock.now });
  const api = await startApi(t, { authRequired: true }, { knex, identity });
  const settings = { ...TEST_SETTINGS, authRequired: true };
  const bot = await startBot(t, { knex, identity, settings });
  const member = async (name: string) => {
    const { headers, id } = await signedIn(api.call, `${name}@example.com`);
    const call = <T = Record<string, unknown>>(
      method: string,
      path: string,
      body?: unknown,
    ): Promise<TestAnswer<T>> => api.call<T>(method, `/account/${path}`, body, headers);
    const ask = async () => (await call<LinkCode>('POST', 'telegram/link')).body;
    return { id, call, ask };
  };
  return { ...bot, clock, member };
}

test('trading-api 60: a code asked for while signed in, sent to the bot and confirmed while signed in links the chat', async (t) => {
  const { telegram, clock, knex, member } = await doors(t);
  const ada = await member('ada');
  const phone = telegram.person(7, { name: 'Ada L' });
  await until('the bot to know its name', () => knex('operators_chat').whereNotNull('bot_username').first());
  const { code, url, expires_at } = await ada.ask();
  t.regex(code, /^([0-9A-Z]{4}-){2}[0-9A-Z]{4}$/);
  t.is(url, `https://t.me/perpetua_test_bot?start=${code}`);
  t.is(Date.parse(expires_at), clock.now().getTime() + 10 * 60_000);
  t.false(JSON.stringify(await knex('telegram_link_codes')).includes(code));

  t.regex((await answerTo(phone, `/start ${code.toLowerCase()}`)).text, /your number here is 7/);
  t.deepEqual((await ada.call('GET', 'telegram')).body, {
    ...{ link: null, waiting: { telegram_id: 7, name: 'Ada L' } },
  });
  // It is not linked before it is confirmed, and nobody else can send the code any more.
  t.regex((await answerTo(phone, '/start')).text, /not linked/);
  t.regex((await answerTo(telegram.person(8), code)).text, /not good/);
  t.is((await ada.call('POST', 'telegram/confirm', { telegram_id: 8 })).status, 404);

  const confirmed = await ada.call('POST', 'telegram/confirm', { telegram_id: 7 });
  t.like(confirmed.body, { telegram_id: 7, name: 'Ada L' });
  t.like((await ada.call('GET', 'telegram')).body, { link: { telegram_id: 7 }, waiting: null });
  t.like(await knex('events').where({ user_id: ada.id }).first(), { type: 'telegram.linked' });
  const linked = await answerTo(phone, '/start');
  t.regex(linked.text, /is linked/);
  t.is((await ada.call('POST', 'telegram/confirm', { telegram_id: 7 })).status, 404);
  const actions = await knex('audit_logs').where({ user_id: ada.id }).pluck('action');
  t.true(actions.includes('telegram.link'));

  t.is((await ada.call('DELETE', 'telegram')).status, 200);
  t.is((await ada.call('DELETE', 'telegram')).status, 404);
  t.regex((await answerTo(phone, '/language')).text, /not linked/);
});

test('a code is good for ten minutes, and only the last one; a second link takes the place of the first', async (t) => {
  const { telegram, clock, member } = await doors(t);
  const ada = await member('ada');
  const [first, second] = [telegram.person(7), telegram.person(8)];
  const { code: replaced } = await ada.ask();
  const { code: late } = await ada.ask();
  t.regex((await answerTo(first, replaced)).text, /not good/);
  t.regex((await answerTo(first, late)).text, /your number/);
  clock.pass(10 * 60_000);
  t.is((await ada.call('POST', 'telegram/confirm', { telegram_id: 7 })).status, 404);
  t.regex((await answerTo(first, late)).text, /not good/);
  const bob = await member('bob');
  for (const phone of [first, second]) {
    t.regex((await answerTo(phone, (await ada.ask()).code)).text, /your number/);
    t.is((await ada.call('POST', 'telegram/confirm', { telegram_id: phone.id })).status, 200);
  }
  t.regex((await answerTo(first, '/start')).text, /not linked/);
  t.regex((await answerTo(second, '/start')).text, /is linked/);

  t.regex((await answerTo(second, (await ada.ask()).code)).text, /linked already/);
  // Twice at once it is confirmed once.
  await answerTo(first, (await bob.ask()).code);
  const confirm = () => bob.call('POST', 'telegram/confirm', { telegram_id: 7 });
  t.deepEqual(
    (await Promise.all([confirm(), confirm()])).map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 404],
  );
});

test("a person who is linked is nobody else's by a code that somebody had them send", async (t) => {
  const { telegram, clock, knex, member } = await doors(t);
  const [bob, eve, kim] = [await member('bob'), await member('eve'), await member('kim')];
  const [phone, former] = [telegram.person(701), telegram.person(702)];
  await answerTo(former, (await eve.ask()).code);
  t.is((await eve.call('POST', 'telegram/confirm', { telegram_id: 702 })).status, 200);
  await answerTo(phone, (await eve.ask()).code);
  await answerTo(phone, (await bob.ask()).code);
  // Their own code takes Eve's back.
  t.like((await eve.call('GET', 'telegram')).body, { waiting: null });
  t.is((await bob.call('POST', 'telegram/confirm', { telegram_id: 701 })).status, 200);
  // As if it had been sent at that same moment.
  const claim = { claimed_by: 701, claimed_name: 'Bob' };
  await eve.ask();
  await knex('telegram_link_codes').where({ user_id: eve.id }).update(claim);
  const refused = await eve.call('POST', 'telegram/confirm', { telegram_id: 701 });
  t.is(refused.status, 404);
  t.regex(JSON.stringify(refused.body), /unlink/);
  t.like((await bob.call('GET', 'telegram')).body, { link: { telegram_id: 701 } });
  // What she had she keeps.
  t.like((await eve.call('GET', 'telegram')).body, { link: { telegram_id: 702 } });
  clock.pass(10 * 60_000);
  t.is((await bob.call('DELETE', 'telegram')).status, 200);
  await answerTo(phone, (await kim.ask()).code);
  t.is((await kim.call('POST', 'telegram/confirm', { telegram_id: 701 })).status, 200);
});

test("a stranger's 10,000 guesses are all refused and throttled, and who has the right code still gets in", async (t) => {
  const { telegram, clock, knex, member, deps } = await doors(t);
  const ada = await member('ada');
  const { code } = await ada.ask();
  const stranger = telegram.person(5);
  const answers: string[] = [];
  for (let guess = 0; guess < 7; guess++)
    answers.push((await answerTo(stranger, `AAAA-AAAA-AAA${guess}`)).text);
  t.deepEqual(
    answers.map((text) => /Too many wrong codes. Try again in 15 min/.test(text)),
    [false, false, false, false, false, true, true],
  );
  // Who is locked out is refused the right one too: nobody looks at it.
  t.regex((await answerTo(stranger, code)).text, /Too many/);

  let looked = 0;
  const guessAs = async (id: number) => {
    const person = { id, name: 'Mallory' };
    const outcome = await claimTelegram({ code: 'WRNG-WRNG-WRNG', person }, { ...deps, address: null }).catch(
      ({ code: refused }: { code: string }) => refused,
    );
    t.not(outcome, true);
    if (outcome === false) looked++;
  };
  const [PEOPLE, SIEGE] = [250, 200];
  for (let round = 0; round < 40; round++)
    for (let first = 0; first < PEOPLE; first += 25)
      await Promise.all(Array.from({ length: 25 }, (_, n) => guessAs(10_000 + first + n)));
  // Of each no more than one is looked at once too many have been wrong: many accounts there are worth little more than few.
  t.true(looked <= PEOPLE + SIEGE, `${looked}`);
  t.deepEqual(await knex('telegram_links'), []);

  t.regex((await answerTo(telegram.person(7), code)).text, /your number here is 7/);
  clock.pass(15 * 60_000 + 1);
  t.regex((await answerTo(stranger, (await ada.ask()).code)).text, /your number here is 5/);
});

test('unlinked by its button in the chat; who is disabled is nobody there', async (t) => {
  const { telegram, knex, user } = await startBot(t);
  const [ada, bob] = [await user({ name: 'Ada' }), await user({ name: 'Bob', language: 'ko' })];
  const asked = await answerTo(ada, '/unlink');
  t.deepEqual(asked.buttons, [['unlink:yes', 'unlink:no']]);
  ada.press(asked, 'unlink:no');
  await changed('This chat stays linked.');
  ada.press(asked, 'unlink:yes');
  await changed('This chat is not linked any more.');
  t.regex((await answerTo(ada, '/unlink')).text, /not linked to an account/);
  t.regex((await answerTo(bob, '/start')).text, /연결되어 있습니다/);
  await knex('users').where({ id: bob.userId }).update({ disabled_at: new Date() });
  t.regex((await answerTo(bob, '/start')).text, /연결되어 있지 않습니다/);

  async function changed(text: string): Promise<void> {
    await until(text, () =>
      telegram.sent.find((message) => message.messageId === asked.messageId && message.text === text),
    );
  }
});

test('language and time zone are chosen on the API or in the chat, and a change in one is a change in the other', async (t) => {
  const { telegram, member, knex } = await doors(t);
  const ada = await member('ada');
  const phone = telegram.person(7);
  await answerTo(phone, (await ada.ask()).code);
  await ada.call('POST', 'telegram/confirm', { telegram_id: 7 });
  t.deepEqual((await ada.call('GET', 'preferences')).body, { time_zone: 'UTC', language: null });
  const changed = { time_zone: 'Asia/Seoul', language: 'ko' };
  t.deepEqual((await ada.call('PUT', 'preferences', { ...changed, time_zone: 'asia/seoul' })).body, changed);
  t.regex((await answerTo(phone, '/timezone')).text, /Asia\/Seoul 자정/);
  t.regex((await answerTo(phone, '/timezone Europe/Berlin')).text, /Europe\/Berlin/);
  const choice = await answerTo(phone, '/language');
  t.deepEqual(choice.buttons, [['language:en', 'language:ko']]);
  t.regex((await answerTo(phone, '/language en')).text, /in English now/);
  t.regex((await answerTo(phone, '/timezone Mars')).text, /no such time zone/);
  t.deepEqual((await ada.call('GET', 'preferences')).body, { time_zone: 'Europe/Berlin', language: 'en' });
  for (const time_zone of ['Mars', '+09:00', 'GMT+9', "'; DROP TABLE users", '', 9]) {
    const { status } = await ada.call('PUT', 'preferences', { time_zone });
    t.true(status === 400 || status === 422, String(time_zone));
  }
  t.deepEqual((await ada.call('PUT', 'preferences', { language: null })).body, {
    ...{ time_zone: 'Europe/Berlin', language: null },
  });
  // What is let in, PostgreSQL knows.
  const zones = Intl.supportedValuesOf('timeZone');
  await t.notThrowsAsync(
    knex.raw('SELECT now() AT TIME ZONE zone FROM unnest(CAST(? AS text[])) AS zone', [zones]),
  );
});

test('where nobody signs in, a stranger is told how their chat commands the bots', async (t) => {
  const { telegram } = await startBot(t);
  for (const [n, said] of ['/start', '/help', 'hello'].entries()) {
    const { text } = await answerTo(telegram.person(70 + n), said);
    t.regex(text, new RegExp(`TELEGRAM_CHAT_ID=${70 + n} `));
    t.notRegex(text, /CODE/);
  }
  t.regex((await answerTo(telegram.person(80, { language: 'ko' }), '/start')).text, /TELEGRAM_CHAT_ID=80 /);
  const stale = { ...(await answerTo(telegram.person(81), '/start')), chatId: 81 };
  telegram.person(81).press(stale, 'daily:1:1');
  await until('the press to be answered', () =>
    telegram.calls.some(
      ({ method, fields }) =>
        method === 'answerCallbackQuery' && /TELEGRAM_CHAT_ID=81 /.test(String(fields['text'])),
    ),
  );
});
