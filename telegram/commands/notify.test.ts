import test from 'ava';
import { readNotificationSettings } from '../../db/notification-settings.ts';
import { until } from '../../runtime/testing/stack.ts';
import { answerTo, startBot } from '../testing/start-bot.ts';

test('/notify turns a kind silent, off and on again by its button, in their language; others keep theirs', async (t) => {
  const { knex, user } = await startBot(t);
  const [ada, kim] = [await user(), await user({ name: 'Kim', role: 'admin', language: 'ko' })];
  const message = await answerTo(ada, '/notify');
  t.true(message.buttons.flat().includes('notify:order_filled:silent'));
  t.false(
    message.buttons.flat().some((data) => data.includes('withdrawal_waits')),
    'what is for admins',
  );
  const level = async () => (await readNotificationSettings(knex, ada.userId)).order_filled;
  for (const next of ['silent', 'off', 'on']) {
    ada.press(message, `notify:order_filled:${next}`);
    await until(next, async () => (await level()) === next);
  }
  ada.press(message, 'notify:withdrawal_waits:off');
  ada.press(message, 'notify:everything:off');
  ada.press(message, 'notify:deposit:never');
  const answer = await answerTo(kim, '/notify');
  t.regex(answer.text, /알림 설정/);
  t.true(answer.buttons.flat().includes('notify:withdrawal_waits:silent'));
  t.deepEqual(
    (await knex('notification_settings').orderBy('kind')).map(({ user_id, kind }) => [user_id, kind]),
    [[ada.userId, 'order_filled']],
  );
});

test('whoever had blocked the bot and writes again is written to again', async (t) => {
  const { knex, user } = await startBot(t);
  const ada = await user();
  await knex('telegram_links').update({ blocked_at: new Date() });
  await answerTo(ada, '/help');
  t.is((await knex('telegram_links').first()).blocked_at, null);
});
