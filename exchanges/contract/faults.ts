import type { TestFn } from 'ava';
import type { Exchange } from '../port.ts';
import { failure, restingBuy, until } from './expect.ts';
import type { OpenVenue, VenueFault } from './venue.ts';

/** Made to be found: in any form, in anything that is thrown. */
const CANARY = { apiKey: 'canary-key-4711-ABCDEF', secret: 'canary/secret+4711==&#' };

const LOSSES: readonly (readonly [fault: VenueFault, code: string, accepted: number])[] = [
  [{ kind: 'lost_answer' }, 'unavailable', 1],
  [{ kind: 'lost_request' }, 'unavailable', 0],
  [{ kind: 'timeout' }, 'unavailable', 1],
  [{ kind: 'server_error' }, 'unavailable', 1],
  [{ kind: 'malformed_json' }, 'unreadable_answer', 1],
];

export function faultsContract(test: TestFn, open: OpenVenue): void {
  for (const [fault, code, accepted] of LOSSES) {
    test(`contract: a send that meets ${fault.kind} is unknown, sent once, and can be asked for`, async (t) => {
      const venue = await open(t);
      const { exchange, symbol } = venue;
      await exchange.balances();
      venue.strike(fault);
      const error = await failure(t, exchange.place(restingBuy(venue, 'lost')));
      t.like(error, { code, phase: 'unknown', retrySafe: false, final: false });
      t.is(venue.accepted('lost'), accepted);
      const found = await exchange.orderByClientId({ symbol, clientOrderId: 'lost' });
      t.is(found?.status ?? null, accepted === 1 ? 'OPEN' : null);
    });
  }

  test('contract: a venue that cannot be reached was not asked', async (t) => {
    const venue = await open(t);
    const { exchange } = venue;
    await exchange.balances();
    await venue.shutDown();
    t.like(await failure(t, exchange.balances()), { code: 'unavailable', retrySafe: true, final: false });
    const error = await failure(t, exchange.place(restingBuy(venue, 'nobody-there')));
    t.like(error, { code: 'unavailable', phase: 'before_call', retrySafe: true, final: false });
  });

  for (const [kind, code] of [
    ['rate_limited', 'rate_limited'],
    ['banned', 'banned'],
  ] as const) {
    test(`P13: after ${kind} no account asks the venue again before its time`, async (t) => {
      const venue = await open(t);
      const { exchange, neighbour } = venue;
      await Promise.all([exchange.balances(), neighbour.balances()]);
      venue.strike({ kind, seconds: 2 });
      const error = await failure(t, exchange.place(restingBuy(venue, 'limited')));
      t.like(error, { code, phase: 'refused', retrySafe: true, final: false });
      t.true((error.retryAfterMs ?? 0) > 500 && error.retryAfterMs! <= 2_000);
      const end = Date.now() + error.retryAfterMs! - 100;
      const before = venue.requests();
      for (const call of [() => neighbour.balances(), () => exchange.price(venue.symbol)]) {
        const told = await failure(t, call());
        t.like(told, { code, phase: 'before_call', retrySafe: true });
        t.true((told.retryAfterMs ?? 0) > 0);
      }
      t.is(venue.requests(), before);
      await until(() => works(neighbour));
      t.true(Date.now() >= end);
    });
  }

  test('P13: an account at its limit of orders waits alone: its cancels and reads, and its neighbours, go on', async (t) => {
    const venue = await open(t);
    const { exchange, neighbour, symbol } = venue;
    await exchange.place(restingBuy(venue, 'early'));
    venue.strike({ kind: 'too_many_orders' });
    const error = await failure(t, exchange.place(restingBuy(venue, 'one-too-many')));
    t.like(error, { code: 'rate_limited', phase: 'refused', retrySafe: true, final: false });
    t.true((error.retryAfterMs ?? 0) > 0 && error.retryAfterMs! <= 10_000);
    const before = venue.requests();
    const told = await failure(t, exchange.place(restingBuy(venue, 'too-soon')));
    t.like(told, { code: 'rate_limited', phase: 'before_call', retrySafe: true, final: false });
    t.true((told.retryAfterMs ?? 0) > 0);
    t.is(venue.requests(), before);
    t.is((await neighbour.place(restingBuy(venue, 'neighbour'))).status, 'OPEN');
    t.is((await exchange.cancel({ symbol, clientOrderId: 'early' })).status, 'CANCELLED');
    t.deepEqual(await exchange.openOrders(symbol), []);
  });

  test('contract: a venue whose clock runs ahead is followed, and its order is sent once', async (t) => {
    const venue = await open(t);
    const { exchange, accepted } = venue;
    venue.skewClock(90_000);
    await exchange.place(restingBuy(venue, 'skewed'));
    venue.skewClock(-90_000);
    await exchange.place(restingBuy(venue, 'skewed-again'));
    t.deepEqual([accepted('skewed'), accepted('skewed-again')], [1, 1]);
  });

  test('contract: keys that do not open the account say so, for good', async (t) => {
    const venue = await open(t);
    const stranger = venue.open(CANARY);
    const error = await failure(t, stranger.place(restingBuy(venue, 'stranger')));
    t.like(error, { code: 'bad_credentials', phase: 'refused', final: true });
  });

  test('P5: no failure repeats a key, a secret, a signature or a URL', async (t) => {
    const venue = await open(t);
    const stranger = venue.open(CANARY);
    const calls = [
      () => stranger.place(restingBuy(venue, 'canary')),
      () => stranger.orderByClientId({ symbol: venue.symbol, clientOrderId: 'canary' }),
    ];
    for (const [fault] of LOSSES) {
      for (const call of calls) {
        venue.strike(fault);
        assertSilent(await failure(t, call()));
      }
    }
    await venue.shutDown();
    for (const call of calls) assertSilent(await failure(t, call()));
    t.pass();
  });
}

const works = (exchange: Exchange): Promise<boolean> =>
  exchange.balances().then(
    () => true,
    () => false,
  );

function assertSilent(error: Error): void {
  const told = [
    error.message,
    error.stack,
    JSON.stringify(error),
    JSON.stringify(Object.entries(error)),
    String(error.cause),
  ];
  for (const text of told.map(String)) {
    for (const form of [
      ...Object.values(CANARY).flatMap(formsOf),
      'signature=',
      'recvWindow',
      'X-MBX',
      '://',
    ]) {
      // A stack names source files by their URLs.
      const where = form === '://' ? text.replaceAll('file://', '') : text;
      if (where.includes(form)) throw new Error(`an error says ${form}`);
    }
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}
