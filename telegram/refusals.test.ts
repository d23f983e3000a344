import test from 'ava';
import { ApiError, botNotFound, unavailable, type ErrorCode } from '../api/errors.ts';
import { BotGone, CommandRefused, Unavailable } from '../workflows/client.ts';
import { LANGUAGES } from './languages.ts';
import { refusalOf } from './refusals.ts';

/** What a chat can meet, in the words of HTTP. */
const MET: ErrorCode[] = [
  ...(['keys_missing', 'keys_refused', 'exchange_failed', 'exchange_timeout', 'forbidden'] as const),
  ...([
    'invalid_code',
    'two_factor_off',
    'factor_locked',
    'telegram_not_linked',
    'withdrawal_not_found',
  ] as const),
];

test('who is refused something in a chat is told so in their language, without routes of HTTP', (t) => {
  const errors = [
    ...MET.map((code) => new ApiError(code, 'Send it to POST /auth/2fa/setup')),
    ...[botNotFound(), unavailable(), new BotGone('gone'), new Unavailable('away')],
    new CommandRefused('The bot is stopped'),
  ];
  for (const error of errors) {
    for (const language of LANGUAGES) t.notRegex(refusalOf(error, language) ?? '', /POST|^$/, String(error));
    t.regex(refusalOf(error, 'ko')!, /[가-힣]{2}/, String(error));
  }
  const locked = new ApiError('factor_locked', 'Locked', { retryAfterSeconds: 61 });
  t.regex(refusalOf(locked, 'ko')!, /2분/);
});

test('what a command itself has put into words stays as it is, and what is no refusal has none', (t) => {
  t.is(refusalOf(new ApiError('invalid_input', '정수를 쓰세요'), 'ko'), '정수를 쓰세요');
  t.is(refusalOf(new CommandRefused('The bot is stopped'), 'en'), 'The bot is stopped');
  t.is(refusalOf(new Error('broken'), 'en'), null);
});
