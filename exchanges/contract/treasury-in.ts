import type { TestFn } from 'ava';
import type { Treasury, TransferRequest } from '../treasury.ts';
import { failure, fresh } from './expect.ts';
import type { OpenTreasuryVenue } from './treasury-venue.ts';

/** Sub-accounts, deposits, and moves between accounts. */
export function treasuryInContract(test: TestFn, open: OpenTreasuryVenue): void {
  test('contract: the networks of a coin are told with fee, minimum, digits and confirmations', async (t) => {
    const { treasury } = await open(t);
    const networks = await treasury.networks('USDC');
    t.deepEqual(networks.map(({ network }) => network).sort(), ['BSC', 'ETH', 'SOL', 'TRX']);
    t.deepEqual(
      networks.find(({ network }) => network === 'ETH'),
      {
        ...{ network: 'ETH', depositEnabled: true, withdrawEnabled: true, withdrawFee: '2' },
        ...{ withdrawMin: '10', withdrawDecimals: 6, confirmations: 6, finalConfirmations: 64 },
      },
    );
    t.deepEqual(await treasury.networks('BTC'), []);
    t.deepEqual(await treasury.networks('NOSUCH'), []);
  });

  test('contract: a sub-account is opened once for each name, whoever asks how often', async (t) => {
    const venue = await open(t);
    const first = await venue.treasury.createSubAccount('holder1');
    t.deepEqual(await venue.treasury.createSubAccount('holder1'), first);
    const longer = await venue.treasury.createSubAccount('holder10');
    t.notDeepEqual(longer, first);
    venue.strike('create', { kind: 'lost_answer' });
    const lost = await failure(t, venue.treasury.createSubAccount('holder2'));
    t.like(lost, { phase: 'unknown', retrySafe: false, final: false });
    const found = await venue.treasury.createSubAccount('holder2');
    t.deepEqual(await venue.treasury.createSubAccount('holder2'), found);
    t.is(venue.requests('create'), 3);
  });

  test('contract: a sub-account keeps its own address on each network', async (t) => {
    const { treasury } = await open(t);
    const [one, two] = [await treasury.createSubAccount('one'), await treasury.createSubAccount('two')];
    for (const { network } of await treasury.networks('USDC')) {
      const ask = (of: typeof one) => treasury.depositAddress({ ...of, asset: 'USDC', network });
      const first = await ask(one);
      t.deepEqual(await ask(one), first);
      t.is(first.tag, null);
      t.not((await ask(two)).address, first.address);
    }
  });

  test('contract: a deposit is seen pending, credited and final, under one id and to the last digit', async (t) => {
    const venue = await open(t);
    const { sub, address, seen } = await openHolder(venue.treasury, 'ETH');
    const before = Date.now() - 60_000;
    t.deepEqual(await seen(before), []);
    const txId = venue.pay({ network: 'ETH', address, amount: '12345678.123456' });
    const facts = { asset: 'USDC', network: 'ETH', amount: '12345678.123456', txId };
    const [pending] = await seen(before);
    t.like(pending, { ...facts, status: 'pending', isFinal: false, confirmations: 0 });
    venue.blocks('ETH', 5);
    t.like(await seen(before), [{ ...facts, status: 'pending', confirmations: 5 }]);
    t.deepEqual(await venue.treasury.balances(sub), []);
    venue.blocks('ETH', 1);
    const credited = await seen(before);
    t.like(credited, [{ ...facts, depositId: pending?.depositId, status: 'credited', isFinal: false }]);
    t.deepEqual(await venue.treasury.balances(sub), [
      { asset: 'USDC', free: '12345678.123456', locked: '0' },
    ]);
    venue.blocks('ETH', 64);
    t.like(await seen(before), [{ ...facts, status: 'credited', isFinal: true }]);
    t.deepEqual(await seen(Date.now() + 3_600_000), []);
    t.deepEqual((await seen(Date.now() - 200 * 86_400_000)).length, 1, 'in pieces of a history');
  });

  test('contract: a deposit that the chain drops is reversed, before it was credited and after', async (t) => {
    const venue = await open(t);
    const { sub, address, seen } = await openHolder(venue.treasury, 'TRX');
    const payment = { network: 'TRX', address, amount: '25' };
    const early = venue.pay(payment);
    venue.reverse(early);
    const late = venue.pay(payment);
    venue.blocks('TRX', 1);
    t.like(
      (await seen()).find(({ txId }) => txId === late),
      { status: 'credited' },
    );
    venue.reverse(late);
    t.deepEqual(
      (await seen()).map(({ status, amount }) => [status, amount]),
      [
        ['reversed', '25'],
        ['reversed', '25'],
      ],
    );
    t.deepEqual(await venue.treasury.balances(sub), []);
  });

  test('contract: money moves between main and sub-accounts, and is found by the id of the move', async (t) => {
    const venue = await open(t);
    const { treasury, main } = venue;
    const [one, two] = [await treasury.createSubAccount('one'), await treasury.createSubAccount('two')];
    const free = async (of: typeof one) => (await treasury.balances(of))[0]?.free ?? '0';
    t.like(await treasury.transfer(move({ to: one, amount: '100.00000001', transferId: 'a' })), {
      ...{ transferId: 'a', status: 'done', asset: 'USDC', amount: '100.00000001' },
    });
    await treasury.transfer(move({ from: one, to: two, amount: '0.00000001', transferId: 'b' }));
    await treasury.transfer(move({ from: one, to: 'main', amount: '40', transferId: 'c' }));
    t.deepEqual([main(), await free(one), await free(two)], ['939.99999999', '60', '0.00000001']);
    const since = Date.now() - 60_000;
    t.like(await treasury.transferById({ transferId: 'c', from: one, since }), { status: 'done' });
    t.like(await treasury.transferById({ transferId: 'a', from: 'main', since }), { status: 'done' });
    t.is(await treasury.transferById({ transferId: 'none', from: 'main', since }), null);
  });

  test('P3: a transfer repeated under its id has one effect, and another under the same id has none', async (t) => {
    const venue = await open(t);
    const sub = await venue.treasury.createSubAccount('one');
    const request = move({ to: sub, amount: '10', transferId: 'same' });
    const first = await venue.treasury.transfer(request);
    t.deepEqual(await venue.treasury.transfer({ ...request, amount: '10.000' }), first);
    t.deepEqual(await Promise.all([1, 2, 3].map(() => venue.treasury.transfer(request))), [
      first,
      first,
      first,
    ]);
    const twice = { ...request, transferId: 'at-once' };
    const [one, two] = await Promise.all([1, 2].map(() => venue.treasury.transfer(twice)));
    t.is(one?.venueId, two?.venueId);
    t.is(venue.main(), '980');
    t.like(await failure(t, venue.treasury.transfer({ ...request, amount: '11' })), {
      ...{ code: 'duplicate_id', phase: 'refused', final: true },
    });
    t.is(venue.main(), '980');
  });

  test('contract: what a key may do is told', async (t) => {
    const venue = await open(t);
    t.deepEqual(await venue.treasury.rights(), {
      ...{ canTrade: true, canWithdraw: true, isAddressBound: false, canTransfer: true },
    });
    t.like(await venue.open(venue.reader).rights(), { canWithdraw: false, canTransfer: false });
  });
}

async function openHolder(treasury: Treasury, network: string) {
  const sub = await treasury.createSubAccount('holder');
  const { address } = await treasury.depositAddress({ ...sub, asset: 'USDC', network });
  const seen = (since = Date.now() - 60_000) => treasury.depositsSince({ ...sub, since });
  return { sub, address, seen };
}

function move(
  changes: Partial<TransferRequest> & Pick<TransferRequest, 'to' | 'transferId'>,
): TransferRequest {
  return { from: 'main', asset: 'USDC', amount: '10', ...fresh(), ...changes };
}
