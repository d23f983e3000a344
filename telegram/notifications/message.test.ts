import test from 'ava';
import { KINDS, type NotificationKind } from '../../db/notification-kinds.ts';
import { messageOf } from './message.ts';

const BEGUN = new Date('2026-05-10T00:00:00Z');
const BOT = { bot: { symbol: 'BTC/USDT', exchange: 'Binance' } };
const TRADE = { side: 'SELL', symbol: 'BTC/USDT', exchange: 'Binance', quantity: '0.01', price: '46000' };

/** What an event of the kind says, and what its message must not leave out. */
const SAMPLES: Record<NotificationKind, [payload: Record<string, unknown>, told: string[]]> = {
  bot_started: [{ ...BOT, status: 'ACTIVE', was: 'PAUSED' }, ['BTC/USDT', 'Binance']],
  bot_paused: [BOT, ['BTC/USDT']],
  bot_stopped: [BOT, ['BTC/USDT']],
  bot_failed: [{ ...BOT, error: 'Keys refused <b>' }, ['BTC/USDT', 'Keys refused &lt;b&gt;']],
  order_filled: [{ ...BOT, trade: { ...TRADE, pnl: null } }, ['BTC/USDT', '0.01 @ 46000']],
  round_finished: [{ ...BOT, trade: { ...TRADE, pnl: '-0.504' } }, ['0.01 @ 46000', '-0.50 USDT']],
  locked_out: [{ seconds: 901, what: 'password' }, ['16']],
  keys_changed: [{ change: 'replaced', exchange: 'Bybit', last4: 'a1b2' }, ['Bybit', 'a1b2']],
  deposit: [{ status: 'allotted', amount: '100.50', asset: 'USDC', units: '99.5' }, ['100.5 USDC', '99.5']],
  withdrawal: [{ status: 'completed', amount: '7', asset: 'USDC' }, ['7 USDC']],
  linked: [{}, ['/notify']],
  digest: [
    {
      ...{
        date: '2026-05-10',
        trades: 3,
        wins: 2,
        losses: 1,
        running: 4,
        pnl: { USDT: '12.344', USDC: '-0.5' },
      },
      ...{ fundValue: '1000.25', fundCurrency: 'USDC' },
    },
    ['2026-05-10', '3', '2', '1', '4', '+12.34 USDT, -0.50 USDC', '1000.25 USDC'],
  ],
  withdrawal_waits: [{ id: 'w-1', status: 'manual_review', amount: '7', asset: 'USDC' }, ['7 USDC', 'w-1']],
  fund_dealing: [{ because: 'books & balances differ' }, ['books &amp; balances differ']],
};

test('A message of every kind says what happened, in both languages, and no more than Telegram takes', (t) => {
  for (const kind of KINDS)
    for (const language of ['en', 'ko']) {
      const [payload, told] = SAMPLES[kind];
      const { html, text } = messageOf(of(kind, payload, language), BEGUN);
      for (const part of told) t.true(html.includes(part), `${kind} in ${language}: ${html}`);
      t.notRegex(html, /null|undefined|NaN|\?/, kind);
      t.is(/[가-힣]/.test(html), language === 'ko', kind);
      t.notRegex(text, /\n|<b>📊/, kind);
      // What is not known is left out rather than failing the message.
      t.notThrows(() => messageOf(of(kind, {}, language), BEGUN), kind);
    }
});

test('Words that are too long are cut, and a language that is not spoken is English', (t) => {
  const { html } = messageOf(of('bot_failed', { ...BOT, error: '<'.repeat(5_000) }, 'fr'), BEGUN);
  t.true(html.length <= 4_096);
  t.regex(html, /Bot in error/);
  t.regex(html, /&lt;…/);
  for (const ahead of ['', 'x']) {
    const cut = messageOf(of('bot_failed', { ...BOT, error: ahead + '😀'.repeat(400) }, 'en'), BEGUN);
    t.is(Buffer.from(cut.html).toString(), cut.html);
    t.regex(cut.text, /😀…/u);
  }
});

test('What arrives late says when it happened, on the clock of its reader', (t) => {
  const late = new Date(BEGUN.getTime() + 6 * 60_000);
  const stopped = of('bot_stopped', BOT, 'en');
  t.is(messageOf(stopped, late).html, '<b>⏹ Bot stopped: BTC/USDT · Binance</b>\n🕘 2026-05-10 09:00');
  t.regex(messageOf({ ...stopped, time_zone: 'Nowhere/None' }, late).html, /2026-05-10 00:00 UTC$/);
});

function of(kind: NotificationKind, payload: Record<string, unknown>, language: string) {
  const about = { chat_id: 7, is_silent: false, happened_at: BEGUN, attempts: 0, time_zone: 'Asia/Seoul' };
  return { id: 1, kind, payload, language, ...about };
}
