import test from 'ava';
import { testClock, testIdentity } from '../../../api/testing/identity.ts';
import { until } from '../../../runtime/testing/stack.ts';
import { commandIds } from '../../command-ids.ts';
import { answerTo, pressed, startBot, type LinkedPerson, type TestBot } from '../../testing/start-bot.ts';

const DAY = 86_400_000;

async function botOf({ knex }: TestBot, { userId }: LinkedPerson, columns: object = {}): Promise<string> {
  const [{ id }] = (await knex('bots')
    .insert({
      ...{ user_id: userId, ticker: 'BTC/USDT', exchange: 'Binance', first_order: 'BUY' },
      ...{ quantity: '0.01', buy_price: '45000', sell_price: '46000', ...columns },
    })
    .returning('id')) as [{ id: string }];
  return id;
}

test('a bot is named by its name, its number, or the beginning of its id, and commanded as over the API', async (t) => {
  const running = await startBot(t);
  const { user, bots, knex, telegram } = running;
  const ada = await user();
  const old = await botOf(running, ada, { name: 'Morning', created_at: new Date(Date.now() - DAY) });
  const young = await botOf(running, ada, { name: 'Evening' });
  t.regex((await answerTo(ada, '/start_bot morning')).text, /Morning: running/);
  t.regex((await answerTo(ada, '/startbot 2')).text, /Evening: running/);
  t.regex((await answerTo(ada, `/pause ${old.slice(0, 8)}`)).text, /Morning: paused/);
  t.regex((await answerTo(ada, '/resume Morning')).text, /Morning: running/);
  t.deepEqual(
    bots.commands.map(({ bot, command }) => [bot.botId, command.name]),
    [
      [old, 'start'],
      [young, 'start'],
      [old, 'pause'],
      [old, 'resume'],
    ],
  );
  t.true(bots.commands.every(({ command }) => command.by === ada.userId));
  t.regex((await answerTo(ada, '/pause nobody')).text, /called that/);
  const choice = await answerTo(ada, '/pause');
  t.deepEqual(choice.buttons, [[`pause:${old}`], [`pause:${young}`]]);
  t.regex((await pressed(ada, choice, `pause:${old}`)).text, /Morning: paused/);
  // Of two that are called the same each has the number that it has in the list, and another that is made leaves them theirs.
  const third = await botOf(running, ada, { name: 'Evening', created_at: new Date(Date.now() + DAY) });
  t.deepEqual((await answerTo(ada, '/pause evening')).buttons, [[`pause:${young}`], [`pause:${third}`]]);
  const labels = JSON.stringify(telegram.calls.findLast(({ method }) => method === 'sendMessage'));
  t.regex(labels, /2\. Evening.*3\. Evening/);
  t.regex(
    (await answerTo(ada, '/bots')).text,
    /1\. <b>Morning.*0 orders filled.*2\. <b>Evening.*3\. <b>Evening/s,
  );
  t.regex((await answerTo(ada, '/pause 1')).text, /Morning: paused/);
  // Another's is not there.
  const eve = await user({ name: 'Eve' });
  t.regex((await pressed(eve, { ...choice, chatId: eve.id }, `pause:${young}`)).text, /not found/);
  t.regex((await answerTo(eve, `/pause ${young}`)).text, /called that/);
  t.is((await knex('bots').where({ id: young }).first()).status, 'ACTIVE');
});

test('a stop asks for the mode and a confirmation, which is good once, for a minute, for who was asked', async (t) => {
  const clock = testClock();
  const running = await startBot(t, { identity: testIdentity({ now: clock.now }) });
  const { user, bots } = running;
  const [ada, eve] = [await user(), await user({ name: 'Eve' })];
  const id = await botOf(running, ada, { status: 'ACTIVE' });
  const modes = await answerTo(ada, '/stop 1');
  t.deepEqual(modes.buttons, [[`stop_as:keep:${id}`], [`stop_as:close:${id}`], [`stop_as:finish:${id}`]]);
  const late = await pressed(ada, modes, `stop_as:keep:${id}`);
  clock.pass(61_000);
  t.regex((await pressed(ada, late, late.buttons[0]![0]!)).text, /confirms nothing/);
  const sure = await pressed(ada, modes, `stop_as:close:${id}`);
  const [[button = ''] = []] = sure.buttons;
  t.regex((await pressed(eve, { ...sure, chatId: eve.id }, button)).text, /confirms nothing/);
  t.deepEqual(bots.commandsTo(id), []);
  const before = ada.received().length;
  ada.press(sure, button);
  ada.press(sure, button);
  await until('both presses to be answered', () => ada.received().length === before + 2);
  t.deepEqual(
    new Set(
      ada
        .received()
        .slice(before)
        .map(({ text }) => /confirms nothing|BTC\/USDT: stopped/.exec(text)?.[0]),
    ),
    new Set(['BTC/USDT: stopped', 'confirms nothing']),
  );
  t.like(bots.commandsTo(id), [{ name: 'stop', mode: 'close' }]);
  t.is(bots.commandsTo(id).length, 1);
});

test("scalper-bot 56: /stopall stops one's own bots once it is confirmed", async (t) => {
  const running = await startBot(t);
  const { user, bots, knex } = running;
  const [ada, eve] = [await user({ language: 'ko' }), await user({ name: 'Eve' })];
  for (const status of ['ACTIVE', 'PAUSED', 'STOPPED']) await botOf(running, ada, { status });
  const others = await botOf(running, eve, { status: 'ACTIVE' });
  const sure = await answerTo(ada, '/stopall');
  t.regex(sure.text, /모든 봇을 정지할까요/);
  t.deepEqual(bots.commands, []);
  t.regex((await pressed(ada, sure, sure.buttons[0]![0]!)).text, /2개/);
  t.is((await knex('bots').where({ id: others }).first()).status, 'ACTIVE');
});

test("operators pause and stop anybody's bot by its whole id, and nobody else does", async (t) => {
  const running = await startBot(t);
  const { user, bots, knex } = running;
  const [ada, ops, eve] = [await user(), await user({ role: 'ops' }), await user({ name: 'Eve' })];
  const id = await botOf(running, ada, { status: 'ACTIVE' });
  t.regex((await answerTo(eve, `/pause ${id}`)).text, /called that/);
  t.regex((await answerTo(ops, `/pause ${id}`)).text, /paused/);
  t.regex((await answerTo(ops, `/resume ${id}`)).text, /called that/);
  const sure = await answerTo(ops, `/stop ${id}`);
  await knex('users').where({ id: ops.userId }).update({ role: 'user' });
  t.regex((await pressed(ops, sure, sure.buttons[0]![0]!)).text, /not found/);
  t.deepEqual(
    bots.commandsTo(id).map(({ name, by }) => [name, by]),
    [['pause', ops.userId]],
  );
});

test('an update that is delivered again is carried out once', async (t) => {
  const running = await startBot(t);
  const { user, bots, telegram } = running;
  const ada = await user();
  const id = await botOf(running, ada, { status: 'ACTIVE' });
  await answerTo(ada, '/pause 1');
  telegram.again();
  await answerTo(ada, '/resume 1');
  t.deepEqual(
    bots.commandsTo(id).map(({ name }) => name),
    ['pause', 'resume'],
  );
  // Should the one that carried it out have died meanwhile, the command is the same, and its bot knows that.
  t.is(commandIds('telegram/1/2')(id), commandIds('telegram/1/2')(id));
  t.not(commandIds('telegram/1/2')(id), commandIds('telegram/1/3')(id));
  t.regex(commandIds('telegram/1/2')(id), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});
