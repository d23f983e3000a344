import type { TestFn } from 'ava';
import type { Place, WithdrawalRequest } from '../treasury.ts';
import { failure, fresh } from './expect.ts';
import type { ContractTreasuryVenue, OpenTreasuryVenue } from './treasury-venue.ts';

/** Withdrawals, from main and from sub-accounts. */
export function treasuryOutContract(test: TestFn, open: OpenTreasuryVenue): void {
  test('contract: a withdrawal is sending, confirming and done, under its id, to the last digit', async (t) => {
    const venue = await open(t);
    const { treasury } = venue;
    const request = payout(venue, 'main', { amount: '123.456789', withdrawalId: 'w1' });
    const { address, network } = request;
    const facts = { withdrawalId: 'w1', asset: 'USDC', network, address, amount: '123.456789', fee: '2' };
    const sent = await treasury.withdraw(request);
    t.like(sent, { ...facts, status: 'sending', txId: null, reason: null });
    t.is(venue.main(), '876.543211');
    const asked = () => treasury.withdrawalById('w1', Date.now() - 60_000);
    t.deepEqual(await asked(), sent);
    // However long ago it may have been sent at the earliest.
    t.deepEqual(await treasury.withdrawalById('w1', Date.now() - 20 * 86_400_000), sent);
    venue.blocks('ETH', 1);
    const confirming = await asked();
    t.like(confirming, { ...facts, venueId: sent.venueId, status: 'confirming' });
    t.regex(confirming?.txId ?? '', /^0x[0-9a-f]{64}$/);
    venue.blocks('ETH', 6);
    t.deepEqual(await asked(), { ...confirming, status: 'done' } as typeof confirming);
    t.is(await treasury.withdrawalById('none', Date.now() - 60_000), null);
  });

  test('contract: each network takes a withdrawal in its own form', async (t) => {
    const venue = await open(t);
    for (const network of Object.keys(venue.outside)) {
      const request = payout(venue, 'main', { network, withdrawalId: network });
      t.like(await venue.treasury.withdraw(request), { network, status: 'sending', amount: '100' });
      venue.blocks(network, 100);
      const end = await venue.treasury.withdrawalById(network, Date.now() - 60_000);
      t.like(end, { network, status: 'done' });
    }
    t.is(venue.main(), '600');
  });

  for (const from of ['main', 'a sub-account'] as const) {
    test(`P3: a withdrawal from ${from} repeated under its id has one effect`, async (t) => {
      const venue = await open(t);
      const place = await stocked(venue, from);
      const request = payout(venue, place, { withdrawalId: 'same' });
      const first = await venue.treasury.withdraw(request);
      t.deepEqual(await venue.treasury.withdraw(request), first);
      venue.blocks('ETH', 7);
      t.like(await venue.treasury.withdraw(request), { venueId: first.venueId, status: 'done' });
      for (const other of [{ amount: '101' }, { address: venue.outside['BSC'] ?? '' }]) {
        const error = await failure(t, venue.treasury.withdraw({ ...request, ...other }));
        t.like(error, { code: 'duplicate_id', phase: 'refused', final: true });
      }
      t.is(venue.requests('withdraw'), 1);
      t.is(venue.withdrawals(), 1);
      t.is(venue.main(), '900');
    });

    test(`contract: two who withdraw from ${from} under one id at once withdraw once`, async (t) => {
      const venue = await open(t);
      const request = payout(venue, await stocked(venue, from), { withdrawalId: 'at-once' });
      const both = await Promise.allSettled([1, 2].map(() => venue.treasury.withdraw(request)));
      t.true(both.some(({ status }) => status === 'fulfilled'));
      t.is((await venue.treasury.withdraw(request)).status, 'sending');
      t.is(venue.withdrawals(), 1);
      t.is(venue.main(), '900');
    });
  }

  test('fund-integration 5.3: what is withdrawn from a sub-account leaves it, and main is as it was', async (t) => {
    const venue = await open(t);
    const sub = await stocked(venue, 'a sub-account');
    t.is(venue.main(), '900');
    await venue.treasury.withdraw(payout(venue, sub, { amount: '60', withdrawalId: 'w1' }));
    t.is(venue.main(), '900');
    t.deepEqual(await held(venue, sub), '40');
    venue.blocks('ETH', 7);
    t.like(await venue.treasury.withdrawalById('w1', Date.now() - 60_000), { status: 'done', amount: '60' });
    t.is(venue.main(), '900');
  });

  for (const as of ['cancelled', 'failed'] as const) {
    test(`contract: of a withdrawal that is ${as} all comes back to main`, async (t) => {
      const venue = await open(t);
      const sub = await stocked(venue, 'a sub-account');
      await venue.treasury.withdraw(payout(venue, sub, { withdrawalId: 'w1' }));
      if (as === 'failed') venue.blocks('ETH', 2);
      venue.fail('w1', as);
      const end = await venue.treasury.withdrawalById('w1', Date.now() - 60_000);
      t.like(end, { status: as, amount: '100', reason: 'because' });
      t.is(venue.main(), '1000');
      t.is(await held(venue, sub), '0');
    });
  }
}

/** A sub-account with 100 of main's 1,000 USDC, or main. */
export async function stocked(venue: ContractTreasuryVenue, what: 'main' | 'a sub-account'): Promise<Place> {
  if (what === 'main') return what;
  const sub = await venue.treasury.createSubAccount('holder');
  const request = { from: 'main', to: sub, asset: 'USDC', amount: '100', transferId: 'stock' } as const;
  await venue.treasury.transfer({ ...request, ...fresh() });
  return sub;
}

/** 100 USDC over Ethereum, to be sent within 5 s. */
export function payout(
  { outside }: ContractTreasuryVenue,
  from: Place,
  changes: Partial<WithdrawalRequest> & Pick<WithdrawalRequest, 'withdrawalId'>,
): WithdrawalRequest {
  const network = changes.network ?? 'ETH';
  return {
    ...{ from, asset: 'USDC', network, address: outside[network] ?? '', tag: null, amount: '100' },
    ...{ ...fresh(), ...changes },
  };
}

/** What a sub-account can spend of USDC. */
export async function held({ treasury }: ContractTreasuryVenue, place: Place): Promise<string> {
  return place === 'main' ? '0' : ((await treasury.balances(place))[0]?.free ?? '0');
}
