import type { TestFn } from 'ava';
import type { Treasury } from '../treasury.ts';
import { failure, fresh, until } from './expect.ts';
import { held, payout, stocked } from './treasury-out.ts';
import type { OpenTreasuryVenue } from './treasury-venue.ts';
import type { VenueFault } from './venue.ts';

/** Made to be found: in anything that is thrown. */
const CANARY = { apiKey: 'canary-key-4711-ABCDEF', secret: 'canary/secret+4711==&#' };

const LOSSES: readonly (readonly [fault: VenueFault, code: string, effects: number])[] = [
  [{ kind: 'lost_answer' }, 'unavailable', 1],
  [{ kind: 'lost_request' }, 'unavailable', 0],
  [{ kind: 'timeout' }, 'unavailable', 1],
  [{ kind: 'server_error' }, 'unavailable', 1],
  [{ kind: 'malformed_json' }, 'unreadable_answer', 1],
];

export function treasuryFaultsContract(test: TestFn, open: OpenTreasuryVenue): void {
  for (const [fault, code, effects] of LOSSES) {
    test(`P3: a transfer that meets ${fault.kind} is unknown, sent once, found by its id, and done once`, async (t) => {
      const venue = await open(t);
      const sub = await venue.treasury.createSubAccount('one');
      const request = { from: 'main', to: sub, asset: 'USDC', amount: '10', transferId: 'lost' } as const;
      const send = () => venue.treasury.transfer({ ...request, ...fresh() });
      venue.strike('transfer', fault);
      t.like(await failure(t, send()), { code, phase: 'unknown', retrySafe: false, final: false });
      t.is(venue.requests('transfer'), 1);
      const query = { transferId: 'lost', from: 'main', since: Date.now() - 60_000 } as const;
      t.is((await venue.treasury.transferById(query))?.status ?? null, effects === 1 ? 'done' : null);
      t.like(await send(), { status: 'done' });
      t.is(venue.requests('transfer'), effects === 1 ? 1 : 2);
      t.is(venue.main(), '990');
    });

    test(`P3: a withdrawal that meets ${fault.kind} is unknown, sent once, found by its id, and done once`, async (t) => {
      const venue = await open(t);
      const send = () => venue.treasury.withdraw(payout(venue, 'main', { withdrawalId: 'lost' }));
      venue.strike('withdraw', fault);
      t.like(await failure(t, send()), { code, phase: 'unknown', retrySafe: false, final: false });
      t.is(venue.requests('withdraw'), 1);
      t.is(venue.withdrawals(), effects);
      const found = await venue.treasury.withdrawalById('lost', Date.now() - 60_000);
      t.is(found?.status ?? null, effects === 1 ? 'sending' : null);
      t.like(await send(), { status: 'sending' });
      t.is(venue.requests('withdraw'), effects === 1 ? 1 : 2);
      t.is(venue.withdrawals(), 1);
      t.is(venue.main(), '900');
    });

    for (const step of ['transfer', 'withdraw'] as const) {
      test(`P3: a withdrawal from a sub-account goes on after ${fault.kind} at its ${step}, and is done once`, async (t) => {
        const venue = await open(t);
        const sub = await stocked(venue, 'a sub-account');
        const send = () => venue.treasury.withdraw(payout(venue, sub, { withdrawalId: 'lost' }));
        venue.strike(step, fault);
        t.like(await failure(t, send()), { code, phase: 'unknown', retrySafe: false });
        t.like(await send(), { status: 'sending', amount: '100' });
        t.is(venue.withdrawals(), 1);
        t.deepEqual([venue.main(), await held(venue, sub)], ['900', '0']);
      });
    }
  }

  test('contract: past its time nothing is sent, and what was moved for a withdrawal is put back', async (t) => {
    const venue = await open(t);
    const sub = await stocked(venue, 'a sub-account');
    const request = payout(venue, sub, { withdrawalId: 'late' });
    const late = () => failure(t, venue.treasury.withdraw({ ...request, sendBefore: Date.now() }));
    t.like(await late(), { code: 'too_late', phase: 'before_call', retrySafe: true });
    t.is(await held(venue, sub), '100');
    venue.strike('withdraw', { kind: 'lost_request' });
    t.like(await failure(t, venue.treasury.withdraw(request)), { phase: 'unknown' });
    t.deepEqual([venue.main(), await held(venue, sub)], ['1000', '0']);
    t.like(await late(), { code: 'too_late', phase: 'before_call' });
    t.deepEqual([venue.main(), await held(venue, sub)], ['900', '100']);
    t.is(venue.withdrawals(), 0);
    const move = { from: 'main', to: sub, asset: 'USDC', amount: '1', transferId: 'late' } as const;
    t.like(await failure(t, venue.treasury.transfer({ ...move, ...fresh(), sendBefore: Date.now() })), {
      ...{ code: 'too_late', phase: 'before_call' },
    });
  });

  for (const from of ['main', 'a sub-account'] as const)
    test(`P3: a withdrawal from ${from} is found by its id however long ago it was sent`, async (t) => {
      const venue = await open(t);
      const request = payout(venue, await stocked(venue, from), { withdrawalId: 'old' });
      const first = await venue.treasury.withdraw(request);
      venue.skewClock(20 * 86_400_000);
      t.deepEqual(await venue.treasury.withdraw({ ...request, sendBefore: 0 }), first);
      t.deepEqual(await venue.treasury.withdraw(request), first);
      t.deepEqual([venue.main(), venue.withdrawals()], ['900', 1]);
    });

  test('P3: what has stood half-way for weeks is put back, and a transfer is made once, weeks later too', async (t) => {
    const venue = await open(t);
    const sub = await stocked(venue, 'a sub-account');
    const request = payout(venue, sub, { withdrawalId: 'old' });
    venue.strike('withdraw', { kind: 'lost_request' });
    t.like(await failure(t, venue.treasury.withdraw(request)), { phase: 'unknown' });
    const other = {
      from: 'main',
      to: sub,
      asset: 'USDC',
      amount: '1',
      transferId: 'old',
      ...fresh(),
    } as const;
    const moved = await venue.treasury.transfer(other);
    venue.skewClock(20 * 86_400_000);
    const late = await failure(t, venue.treasury.withdraw({ ...request, sendBefore: 0 }));
    t.is(late.code, 'too_late');
    t.deepEqual(await venue.treasury.transfer(other), moved);
    t.deepEqual([venue.main(), await held(venue, sub)], ['899', '101']);
  });

  test('contract: where what was moved for a withdrawal cannot be put back, it is unknown until it can', async (t) => {
    const venue = await open(t);
    const sub = await stocked(venue, 'a sub-account');
    const request = payout(venue, sub, { withdrawalId: 'stuck', amount: '9' });
    venue.strike('withdraw', { kind: 'lost_request' });
    t.like(await failure(t, venue.treasury.withdraw(request)), { phase: 'unknown' });
    venue.strike('transfer', { kind: 'lost_request' });
    const stuck = await failure(t, venue.treasury.withdraw(request));
    t.like(stuck, { code: 'unavailable', phase: 'unknown', retrySafe: false, final: false });
    t.regex(stuck.message, /same call again/);
    t.is(venue.main(), '909');
    t.like(await failure(t, venue.treasury.withdraw(request)), { code: 'below_minimum', phase: 'refused' });
    t.deepEqual([venue.main(), await held(venue, sub)], ['900', '100']);
  });

  for (const [from, ask, phase] of [
    ['main', 'withdrawal by id', 'before_call'],
    ['a sub-account', 'withdrawal by id', 'unknown'],
    ['a sub-account', 'transfer by id', 'unknown'],
  ] as const) {
    test(`contract: a withdrawal from ${from} whose ${ask} cannot be asked is ${phase}, and nothing is sent`, async (t) => {
      const venue = await open(t);
      const place = await stocked(venue, from);
      const request = payout(venue, place, { withdrawalId: 'w1' });
      const before = venue.requests('withdraw') + venue.requests('transfer');
      venue.strike(ask, { kind: 'lost_request' });
      const error = await failure(t, venue.treasury.withdraw(request));
      t.like(error, { code: 'unavailable', phase, retrySafe: phase === 'before_call', final: false });
      t.is(venue.requests('withdraw') + venue.requests('transfer'), before);
      t.like(await venue.treasury.withdraw(request), { status: 'sending' });
      t.is(venue.main(), '900');
    });
  }

  test('contract: money that stands half-way is never called refused, whatever is refused meanwhile', async (t) => {
    const venue = await open(t);
    const sub = await stocked(venue, 'a sub-account');
    const request = payout(venue, sub, { withdrawalId: 'half' });
    venue.strike('withdraw', { kind: 'lost_request' });
    t.like(await failure(t, venue.treasury.withdraw(request)), { phase: 'unknown' });
    for (const ask of ['withdrawal by id', 'transfer by id'] as const) {
      venue.strike(ask, { kind: 'rate_limited', seconds: 1 });
      const error = await failure(t, venue.treasury.withdraw(request));
      t.like(error, { code: 'rate_limited', phase: 'unknown', final: false });
      t.true((error.retryAfterMs ?? 0) > 0);
      await until(() => venue.treasury.networks('USDC').then(Boolean, () => false));
    }
    t.like(await venue.treasury.withdraw(request), { status: 'sending' });
    t.deepEqual([venue.main(), await held(venue, sub), venue.withdrawals()], ['900', '0', 1]);
  });

  for (const [kind, code] of [
    ['rate_limited', 'rate_limited'],
    ['banned', 'banned'],
  ] as const) {
    test(`P13: after ${kind} no money is moved and nothing is asked before its time`, async (t) => {
      const venue = await open(t);
      venue.strike('withdraw', { kind, seconds: 2 });
      const send = (): ReturnType<Treasury['withdraw']> =>
        venue.treasury.withdraw(payout(venue, 'main', { withdrawalId: 'limited' }));
      const error = await failure(t, send());
      t.like(error, { code, phase: 'refused', retrySafe: true, final: false });
      const before = venue.requests(null);
      t.like(await failure(t, send()), { code, phase: 'before_call', retrySafe: true });
      t.is(venue.requests(null), before);
      await until(() => send().then(Boolean, () => false));
      t.is(venue.withdrawals(), 1);
    });
  }

  test('contract: a treasury that cannot be reached moved nothing', async (t) => {
    const venue = await open(t);
    await venue.treasury.networks('USDC');
    await venue.shutDown();
    const error = await failure(t, venue.treasury.withdraw(payout(venue, 'main', { withdrawalId: 'w1' })));
    t.like(error, { code: 'unavailable', phase: 'before_call', retrySafe: true, final: false });
  });

  test('contract: a venue whose clock runs ahead is followed, and its withdrawal is sent once', async (t) => {
    const venue = await open(t);
    await venue.treasury.networks('USDC');
    venue.skewClock(90_000);
    t.like(await venue.treasury.withdraw(payout(venue, 'main', { withdrawalId: 'skewed' })), {
      status: 'sending',
    });
    t.is(venue.withdrawals(), 1);
  });

  test('P5: no failure of a treasury repeats a key, a secret, a signature or a URL', async (t) => {
    const venue = await open(t);
    const stranger = venue.open(CANARY);
    const calls = [
      () => stranger.withdraw(payout(venue, 'main', { withdrawalId: 'w1' })),
      () => stranger.createSubAccount('one'),
      () => stranger.rights(),
    ];
    for (const call of calls) {
      const error = await failure(t, call());
      t.like(error, { code: 'bad_credentials', phase: 'refused', final: true });
      const told = `${error.message} ${JSON.stringify(error)} ${String(error.cause)}`;
      for (const form of [...Object.values(CANARY), 'signature=', 'recvWindow', 'X-MBX', '://'])
        t.false(told.includes(form), form);
    }
  });
}
