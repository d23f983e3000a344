import test, { type ExecutionContext } from 'ava';
import { testIdentity } from '../../api/testing/identity.ts';
import { shared } from '../../runtime/testing/shared.ts';
import { answerTo, startBot } from '../testing/start-bot.ts';
import { tradingBot } from '../../runtime/testing/trading-history.ts';

/** Noon in Seoul: the day began there at 15:00 of the day before, and three hours ago where UTC is. */
const NOW = '2026-03-10T03:00:00Z';

const running = shared(async (t) => startBot(t, { identity: testIdentity({ now: () => new Date(NOW) }) }));

async function setUp(t: ExecutionContext, about: { language?: string; timeZone?: string } = {}) {
  const bot = await running(t);
  const ada = await bot.user(about);
  if (about.timeZone)
    await bot.knex('user_preferences').insert({ user_id: ada.userId, time_zone: about.timeZone });
  const ask = async (text: string) => (await answerTo(ada, text)).text;
  return { ...bot, ada, ask };
}

const THREE = [
  ['10', '2026-03-09T15:00:00Z'],
  ['5.344', '2026-03-10T01:00:00Z'],
  ['-3', '2026-03-10T02:59:00Z'],
] as const;

test('trading-api 57: "Today" says how many trades, wins and losses there were since midnight, and what they came to', async (t) => {
  const { knex, ada, ask } = await setUp(t, { language: 'ko', timeZone: 'Asia/Seoul' });
  const before = [
    ['99', '2026-03-09T14:59:59.999Z'],
    [null, '2026-03-10T00:00:00Z'],
  ] as const;
  await tradingBot(knex, ada.userId, { trades: [...THREE, ...before] });
  const lines = '📊 일일 거래 현황\n• 총 거래: 3회\n• 승/패: 2승 1패\n• 손익: +12.34 USDT';
  t.is(await ask('📊 오늘 현황'), lines);
  t.is(await ask('/daily'), lines);

  const other = await setUp(t);
  await tradingBot(knex, other.ada.userId, {
    trades: [
      ['-0.5', NOW],
      ['0', NOW],
    ],
  });
  t.is(
    await other.ask('📊 Today'),
    '📊 Daily trading report\n• Total trades: 2\n• Wins/losses: 0 W 1 L\n• PnL: -0.50 USDT',
  );
});

test('trading-api 57: days begin at midnight where the person is', async (t) => {
  const { knex, ada, ask } = await setUp(t);
  await tradingBot(knex, ada.userId, { trades: THREE });
  t.regex(await ask('/daily'), /Total trades: 2\n.*1 W 1 L\n.*\+2\.34 USDT/);
  await ask('/timezone America/New_York');
  // There it is 23:00 of the 9th: all three were today.
  t.regex(await ask('/daily'), /Total trades: 3/);
});

test('trading-api 58: without trades the counts are 0 and the result is +0.00', async (t) => {
  const korean = await setUp(t, { language: 'ko' });
  t.is(
    await korean.ask('📊 오늘 현황'),
    '📊 일일 거래 현황\n• 총 거래: 0회\n• 승/패: 0승 0패\n• 손익: +0.00 USDT',
  );
  const { ask } = await setUp(t);
  t.regex(await ask('/profit'), /Today +0 trades +\+0\.00\n7 days +0 trades +\+0\.00/);
  t.regex(await ask('/performance'), /Trades +0\n.*\nWin rate +0\.0%/);
  for (const command of ['/positions', '/status', '/bots', '/trades 5', '/why', '/stats', '/weekly'])
    t.true((await ask(command)).length > 0, command);
});

test('trading-api 59: each of the six buttons answers from its table, and so does its slash twin', async (t) => {
  const { knex, ada, ask } = await setUp(t, { language: 'ko' });
  const trades = [
    ...THREE,
    ['-20', '2026-03-06T00:00:00Z'],
    ['1', '2026-02-20T00:00:00Z'],
    ['100', '2026-01-01T00:00:00Z'],
  ] as const;
  const id = await tradingBot(knex, ada.userId, { trades, name: 'Mine', status: 'ACTIVE', pnl: '93.34' });
  await knex('positions').insert({ bot_id: id, quantity: '-0.02', cost: '900', realised: '0' });
  await knex('bot_session_states').insert({ bot_id: id, last_price: '44000', observed_at: NOW });

  const keyboard = await answerTo(ada, '/start');
  t.deepEqual(keyboard.buttons, [
    ['📊 오늘 현황', '💰 수익'],
    ['📈 상태', '📋 상태표'],
    ['📉 성과', '🔢 거래횟수'],
  ]);
  for (const [button, twin, said] of [
    ['📊 오늘 현황', '/daily', /총 거래: 2회/],
    ['💰 수익', '/profit', /오늘 +2회 +\+2\.34\n7일 +4회 +-7\.66\n30일 +5회 +-6\.66\n전체 +6회 \+93\.34/],
    ['📈 상태', '/status', /봇 1개 중 1개 실행\n<pre>Mine 실행 \+93\.34/],
    // Sold for 900, worth 880.
    ['📋 상태표', '/positions', /BTC\/USDT +\+20\.00\n {2}-0\.02 +단가 45000/],
    [
      '📉 성과',
      '/performance',
      /총 거래 +5\n승\/패 +3\/2\n승률 +60\.0%\n총 손익 +-6\.66\n평균 손익 +-1\.33\n최고 +\+10\.00\n최저 +-20\.00\n최대 낙폭 +20\.00/,
    ],
    ['🔢 거래횟수', '/trades', /오늘 +2 +1 +1\n7일 +4 +2 +2\n30일 +5 +3 +2\n전체 +6 +4 +2/],
  ] as const) {
    const answer = await ask(button);
    t.regex(answer, said);
    t.is(await ask(twin), answer);
  }
  const { buttons } = await answerTo(ada, '/language en').then(() => answerTo(ada, '/help'));
  t.deepEqual(buttons.flat(), [
    ...['📊 Today', '💰 Profit', '📈 Status', '📋 Status table', '📉 Performance', '🔢 Trade count'],
  ]);
});

const COMMANDS = [
  ...['/daily', '/daily 7', '/profit', '/status', '/positions', '/performance', '/trades', '/trades 9'],
  ...[
    '/weekly',
    '/monthly',
    '/bots',
    '/stats',
    '/why',
    '/units',
    '/nav',
    '/deposit ETH',
    '/balance',
    '/health',
  ],
];

test("trading-api 60: a linked chat never shows another's figures", async (t) => {
  const { knex, user, ask } = await setUp(t);
  // Each asks one thing, so that no chat's limit is waited for.
  const askers = await Promise.all(COMMANDS.map(async (command) => ({ command, asker: await user() })));
  const answers = () =>
    Promise.all(askers.map(async ({ command, asker }) => (await answerTo(asker, command)).text));
  const empty = await answers();
  const { ada: bob, ask: askBob } = await setUp(t);
  const id = await tradingBot(knex, bob.userId, {
    ...{ trades: THREE, name: 'Secret', status: 'ACTIVE', pnl: '12.3' },
  });
  await knex('positions').insert({ bot_id: id, quantity: '1', cost: '45000', realised: '0' });
  t.deepEqual(await answers(), empty);
  t.regex(await ask(`/why ${id}`), /called that/);
  t.regex(await ask('/why Secret'), /called that/);
  t.regex(await askBob('/why Secret'), /Secret/);
});

test('trading-api 60: whoever is not linked is helped to link, whatever they ask or press', async (t) => {
  const { telegram, knex, ada } = await setUp(t);
  await tradingBot(knex, ada.userId, { trades: THREE, name: 'Secret' });
  const asked = [...COMMANDS, '/help', '/start', '/language ko', '/timezone', '/chart', '📊 Today', 'hello'];
  await Promise.all(
    asked.map(async (command, n) =>
      t.regex((await answerTo(telegram.person(100 + n), command)).text, /not linked to an account/, command),
    ),
  );
  const stranger = telegram.person(3);
  const days = await answerTo(ada, '/daily 40');
  stranger.press({ ...days, chatId: 3 }, 'daily:40:1');
  await answerTo(stranger, 'hello');
  t.true(telegram.sent.every(({ chatId, text }) => chatId !== 3 || /not linked to an account/.test(text)));
});
