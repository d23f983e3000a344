import test from 'ava';
import type { ExchangeError } from '../port.ts';
import { binance } from './binance.ts';
import { classify, retryAfterMs, UnreadableAnswer, type Trace } from './errors.ts';
import { ccxt } from './library.ts';
import { redactor } from './redaction.ts';

const said = (code: number, msg: string): string => JSON.stringify({ code, msg });

/** HTTP status, body, and what a send that meets them has come to. */
const ANSWERS: readonly (readonly [status: number, body: string, facts: Partial<ExchangeError>])[] = [
  [400, said(-1013, 'Filter failure: NOTIONAL'), { code: 'below_minimum', phase: 'refused', final: true }],
  [400, said(-1013, 'Filter failure: MIN_NOTIONAL'), { code: 'below_minimum', phase: 'refused' }],
  [400, said(-1013, 'Filter failure: LOT_SIZE'), { code: 'invalid_order', phase: 'refused', final: true }],
  [400, said(-1013, 'Filter failure: MAX_NUM_ORDERS'), { code: 'invalid_order', final: false }],
  [400, said(-2010, 'Filter failure: MAX_NUM_ORDERS'), { code: 'invalid_order', final: false }],
  [400, said(-2010, 'Filter failure: MAX_NUM_ALGO_ORDERS'), { code: 'invalid_order', final: false }],
  [400, said(-2010, 'Order would immediately match and take.'), { code: 'invalid_order', final: false }],
  [400, said(-2010, 'Stop price would trigger immediately.'), { code: 'invalid_order', final: false }],
  [400, said(-2010, 'A reason of tomorrow.'), { code: 'invalid_order', phase: 'refused', final: true }],
  [400, said(-1121, 'Invalid symbol.'), { code: 'unknown_market', phase: 'refused', final: true }],
  [400, said(-1102, "Mandatory parameter 'x'"), { code: 'invalid_order', phase: 'refused', final: true }],
  [
    400,
    said(-2010, 'Account has insufficient balance for requested action.'),
    { code: 'insufficient_funds' },
  ],
  [400, said(-2010, 'Duplicate order sent.'), { code: 'duplicate_order', phase: 'refused' }],
  [400, said(-2011, 'Unknown order sent.'), { code: 'unknown_order', phase: 'refused' }],
  [
    401,
    said(-2015, 'Invalid API-key, IP, or permissions for action.'),
    { code: 'bad_credentials', final: true },
  ],
  [400, said(-1022, 'Signature for this request is not valid.'), { code: 'bad_credentials', final: true }],
  [400, said(-1021, 'Timestamp for this request is outside'), { code: 'clock_skew', phase: 'refused' }],
  [400, said(-4711, 'A code of tomorrow.'), { code: 'other', phase: 'refused' }],
  [
    408,
    said(-1007, 'Timeout waiting for response'),
    { code: 'unavailable', phase: 'unknown', venueCode: '-1007' },
  ],
  [400, said(-1006, 'An unexpected response'), { code: 'unavailable', phase: 'unknown' }],
  [500, '<html>', { code: 'unavailable', phase: 'unknown', venueCode: null }],
  [503, said(-1008, 'Server is busy'), { code: 'unavailable', phase: 'unknown' }],
  [
    429,
    said(-1003, 'Too much request weight'),
    { code: 'rate_limited', phase: 'refused', retryAfterMs: 60_000 },
  ],
  [
    429,
    said(-1015, 'Too many new orders; current limit is 100 orders per 10 SECOND.'),
    { code: 'rate_limited' },
  ],
  [418, said(-1003, 'Way too much'), { code: 'banned', phase: 'refused', retryAfterMs: 120_000 }],
  [400, '<html>proxy</html>', { code: 'unavailable', phase: 'unknown', venueCode: null }],
  [403, '<html>firewall</html>', { code: 'rate_limited', phase: 'refused' }],
];

for (const [status, body, facts] of ANSWERS) {
  test(`an order answered with ${status} ${body.slice(0, 60)} is ${facts.code}`, (t) => {
    const error = failed({ written: true, answer: { status, headers: {}, body } }, new Error('ccxt'));
    t.like(error, { ...facts, retrySafe: error.phase !== 'unknown' });
  });
}

test('no answer, and an answer that cannot be read, leave an order unknown', (t) => {
  t.like(failed({ written: true }, new ccxt.RequestTimeout('')), { code: 'unavailable', phase: 'unknown' });
  const answer = { status: 200, headers: {}, body: '{"orderId":12' };
  for (const error of [new UnreadableAnswer(), new TypeError('x')]) {
    t.like(failed({ written: true, answer }, error), {
      code: 'unreadable_answer',
      phase: 'unknown',
      retrySafe: false,
    });
  }
});

test('what fails before the first byte leaves nothing behind', (t) => {
  const refused = Object.assign(new Error(), { code: 'ECONNREFUSED' });
  t.like(failed({ written: false }, refused), { code: 'unavailable', phase: 'before_call', retrySafe: true });
  t.like(failed({ written: false }, new ccxt.InvalidOrder('')), {
    code: 'invalid_order',
    phase: 'before_call',
  });
  t.like(failed({ written: false }, new ccxt.BadSymbol('')), { code: 'unknown_market', final: true });
});

test('a read and a cancel may always be made again', (t) => {
  for (const purpose of ['read', 'cancel'] as const) {
    t.true(failed({ purpose, written: true }, new Error()).retrySafe);
  }
});

test('a venue says how long to wait in a header, or in its message', (t) => {
  t.is(retryAfterMs({ status: 429, headers: { 'retry-after': '7' }, body: '' }), 7_000);
  const until = Date.now() + 90_000;
  const waits = retryAfterMs({ status: 418, headers: {}, body: said(-1003, `IP banned until ${until}.`) });
  t.true(waits !== null && waits > 80_000 && waits <= 90_000);
  t.is(retryAfterMs({ status: 503, headers: { 'retry-after': '7' }, body: '' }), null);
});

test('a limit of orders is over at the end of its window', (t) => {
  const wait = (per: string, now: number) =>
    binance.orderLimitMs(
      { code: '-1015', message: `Too many new orders; current limit is 5 orders per ${per}.` },
      now,
    );
  t.is(wait('10 SECOND', 1_790_000_003_000), 7_000);
  t.is(wait('10 SECOND', 1_790_000_009_900), 1_000);
  t.is(wait('1 DAY', Date.UTC(2026, 0, 5, 18)), 6 * 3_600_000);
  t.is(binance.orderLimitMs({ code: '-1003', message: 'Too much request weight used' }, 0), null);
});

test('a message says what to do', (t) => {
  const answer = { status: 400, headers: {}, body: said(-1013, 'Filter failure: NOTIONAL') };
  t.is(
    failed({ written: true, answer }, new Error()).message,
    'Binance refused: Filter failure: NOTIONAL (-1013). Make the order larger.',
  );
});

function failed(trace: Partial<Trace>, error: unknown): ExchangeError {
  return classify(binance, redactor([]), { purpose: 'place', written: false, answer: null, ...trace }, error);
}
