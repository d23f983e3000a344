import test from 'ava';
import { answerTo, startBot } from './testing/start-bot.ts';

test('trading-api 60: an unlinked chat gets only linking help, in its language', async (t) => {
  const { telegram, user } = await startBot(t);
  const stranger = telegram.person(7, { language: 'ko-KR' });
  t.regex((await answerTo(stranger, '/start')).text, /연결되어 있지 않습니다/);
  t.regex((await answerTo(telegram.person(8), '/start')).text, /not linked/);
  t.regex((await answerTo(await user(), '/start')).text, /is linked/);
});

test('in a group, or forwarded, nothing is heard', async (t) => {
  const { user } = await startBot(t);
  const ada = await user();
  ada.write('/start', { chat: { id: -5, type: 'supergroup', title: 'A group' } });
  ada.write('/start', { forward_origin: { type: 'hidden_user', sender_user_name: 'Bob', date: 0 } });
  await answerTo(ada, '/help');
  t.is(ada.received().length, 1);
});
