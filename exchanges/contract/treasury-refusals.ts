import type { TestFn } from 'ava';
import { failure, fresh } from './expect.ts';
import { held, payout, stocked } from './treasury-out.ts';
import type { OpenTreasuryVenue } from './treasury-venue.ts';

/** What a venue refuses, and what is not even sent. */
export function treasuryRefusalsContract(test: TestFn, open: OpenTreasuryVenue): void {
  for (const from of ['main', 'a sub-account'] as const) {
    test(`contract: a withdrawal from ${from} that is refused leaves the money where it was`, async (t) => {
      const venue = await open(t);
      const place = await stocked(venue, from);
      const before = [venue.main(), await held(venue, place)];
      for (const [changes, code] of [
        [{ amount: '9' }, 'below_minimum'],
        [{ amount: '50.0000001' }, 'invalid_amount'],
        [{ amount: '1001' }, 'insufficient_funds'],
        [{ address: venue.outside['TRX'] ?? '' }, 'invalid_address'],
        [{ tag: '4711' }, 'invalid_address'],
        [{ network: 'XRP', address: venue.outside['TRX'] ?? '' }, 'unavailable'],
        [{ asset: 'DOGE', address: venue.outside['BSC'] ?? '' }, null],
      ] as const) {
        const request = payout(venue, place, { withdrawalId: `bad-${code}`, ...changes });
        const error = await failure(t, venue.treasury.withdraw(request));
        t.like(error, { phase: 'refused', retrySafe: true }, JSON.stringify(changes));
        if (code !== null) t.is(error.code, code);
        t.is(await venue.treasury.withdrawalById(request.withdrawalId, Date.now() - 60_000), null);
      }
      t.deepEqual([venue.main(), await held(venue, place)], before);
      t.is(venue.withdrawals(), 0);
    });
  }

  test('contract: what was refused and put back may be tried again under its id', async (t) => {
    const venue = await open(t);
    const sub = await stocked(venue, 'a sub-account');
    const request = payout(venue, sub, { withdrawalId: 'w1' });
    for (let tries = 0; tries < 2; tries += 1) {
      await failure(t, venue.treasury.withdraw({ ...request, address: venue.outside['TRX'] ?? '' }));
      t.is(await held(venue, sub), '100');
    }
    t.like(await venue.treasury.withdraw(request), { status: 'sending' });
    t.deepEqual([venue.main(), await held(venue, sub)], ['900', '0']);
  });

  test('contract: a transfer of what is not there, or to nobody, is refused', async (t) => {
    const { treasury, main } = await open(t);
    const sub = await treasury.createSubAccount('one');
    const request = { from: 'main', asset: 'USDC', amount: '1', transferId: 'a' } as const;
    const send = (changes: object) =>
      failure(t, treasury.transfer({ ...request, to: sub, ...fresh(), ...changes }));
    t.like(await send({ amount: '1000.00000001' }), { code: 'insufficient_funds', phase: 'refused' });
    t.like(await send({ to: { subAccountId: 'nobody_virtual@x.com' } }), { code: 'unknown_sub_account' });
    t.is(main(), '1000');
  });

  test('contract: a key without the right moves nothing, and is told what it lacks', async (t) => {
    const venue = await open(t);
    const reader = venue.open(venue.reader);
    const sub = await venue.treasury.createSubAccount('one');
    const denied = { code: 'permission_denied', phase: 'refused', final: true } as const;
    const withdrawal = await failure(t, reader.withdraw(payout(venue, 'main', { withdrawalId: 'w1' })));
    t.like(withdrawal, denied);
    t.regex(withdrawal.message, /permissions to transfer and to withdraw/);
    const transfer = { from: 'main', to: 'main', asset: 'USDC', amount: '1', transferId: 'a' } as const;
    t.like(await failure(t, reader.transfer({ ...transfer, ...fresh() })), denied);
    t.like(await failure(t, reader.balances(sub)), { code: 'unknown_sub_account', phase: 'refused' });
  });

  test('contract: what is written to end a parameter and begin another is never sent', async (t) => {
    const venue = await open(t);
    await venue.treasury.networks('USDC');
    const before = venue.requests(null);
    const good = payout(venue, 'main', { withdrawalId: 'w1' });
    const transfer = {
      from: 'main',
      to: 'main',
      asset: 'USDC',
      amount: '1',
      transferId: 'a',
      ...fresh(),
    } as const;
    for (const changes of [
      { address: `${good.address}&amount=1000` },
      { tag: '1&amount=1000' },
      { network: 'ETH&amount=1000' },
      { withdrawalId: 'w1&amount=1000' },
      { amount: '100&coin=BTC' },
      { amount: '1e3' },
      { amount: '-1' },
      { amount: '0' },
      { from: { subAccountId: 'a@b.com&x=1' } },
    ])
      t.like(await failure(t, venue.treasury.withdraw({ ...good, ...changes })), NOT_SENT);
    for (const changes of [
      { to: { subAccountId: 'a@b.com&fromEmail=c@d.com' } },
      { transferId: 'a&amount=5' },
      { transferId: '' },
      { amount: 'NaN' },
      { asset: 'USDC&amount=5' },
    ])
      t.like(await failure(t, venue.treasury.transfer({ ...transfer, ...changes })), NOT_SENT);
    t.like(await failure(t, venue.treasury.createSubAccount('a&b')), NOT_SENT);
    t.like(await failure(t, venue.treasury.balances({ subAccountId: 'a&b' })), NOT_SENT);
    t.is(venue.requests(null), before);
  });
}

const NOT_SENT = { phase: 'before_call', final: true, retrySafe: true } as const;
