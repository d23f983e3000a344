import { randomUUID } from 'node:crypto';
import test from 'ava';
import { fill } from '../bots/fund/postings.ts';
import { Decimal } from '../bots/money.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { postEntry } from '../db/fund/post-entry.ts';
import { NETWORK, startFund, type FundStack, type Holder } from '../runtime/testing/funded-stack.ts';

test.serial(
  'fund-integration 28, 29, 31, 33, 36: a deposit is found, given units at the price before it, and swept to main',
  async (t) => {
    const fund = await startFund(t);
    const [first, second] = [await fund.holder(), await fund.holder()];
    fund.pay(first, '1000');
    await fund.run('depositMonitor');
    const [swept] = await fund.settled('swept');
    t.like(swept, { user_id: first.userId, amount: '1000.000000000000000000', units: '1000.00000000' });
    t.is(await atExchange(fund, fund.main), '1000');
    t.is(await atExchange(fund, first.subAccountId), '0');

    // A profit of 100.05 on 1,000 units.
    await gain(fund, '100.05');
    t.is((await fund.value()).price, '1.100050000000000000');
    fund.pay(second, '500');
    await fund.run('depositMonitor');
    await fund.settled('swept');
    t.is(await unitsOf(fund, second), new Decimal('500').div('1.10005').toDecimalPlaces(8, 1).toFixed());
    t.is(await unitsOf(fund, first), '1000');
    for (const { userId } of [first, second])
      t.is((await fund.knex('transactions').where({ user_id: userId, type: 'deposit' })).length, 1);
    t.deepEqual(await checkLedger(fund.knex), []);
    t.deepEqual(
      await fund
        .knex('events')
        .where({ type: 'fund.deposit', user_id: first.userId })
        .pluck('payload')
        .then((all) => all.map(({ status }: { status: string }) => status)),
      ['credited', 'allotted', 'swept'],
    );
  },
);

test.serial('fund-integration 32: the price stands still before, during and after a sweep', async (t) => {
  const fund = await startFund(t);
  const holder = await fund.holder();
  fund.pay(holder, '1000');
  await fund.run('depositMonitor');
  await fund.settled('swept');
  await gain(fund, '333.333333');
  const before = await fund.value();
  // The venue takes no transfer for a while: the deposit is credited, allotted and on its way all that time.
  fund.exchange.control.addFault({
    kind: 'lost_request',
    match: { path: TRANSFER, method: 'POST' },
    times: 1,
  });
  fund.pay(holder, '7.77');
  fund.pay(holder, '777.77');
  t.is((await fund.value()).price, before.price);
  await fund.run('depositMonitor');
  const held = await fund.until('the deposit to be on its way', async () =>
    (await fund.deposits()).find(({ status }) => status === 'allotted'),
  );
  const during = await fund.value();
  await fund.settled('swept', 'kept');
  const after = await fund.value();
  for (const { price } of [during, after])
    t.true(new Decimal(price!).sub(before.price!).abs().lt('1e-8'), price!);
  t.is(held.nav_per_unit, before.price);
});

test.serial(
  'fund-integration 34: other assets and amounts below the minimum get no units and stay where they are',
  async (t) => {
    const fund = await startFund(t);
    const holder = await fund.holder();
    fund.pay(holder, '0.5', 'BNB');
    fund.pay(holder, '9.999999');
    await fund.run('depositMonitor');
    await fund.run('depositMonitor');
    const rows = await fund.deposits();
    t.deepEqual(
      rows.map(({ asset, status, kept_because }) => `${asset} ${status} ${kept_because}`).toSorted(),
      ['BNB kept other_asset', 'USDC kept below_minimum'],
    );
    t.is(await unitsOf(fund, holder), '0');
    const { value, heldBecause } = await fund.value();
    t.deepEqual([value, heldBecause], ['0', null]);
    t.is(await atExchange(fund, holder.subAccountId), '9.999999');
    t.deepEqual(await fund.run('solvency'), []);
  },
);

test.serial(
  'fund-integration 30: a deposit that is merely credited is not acted on, and one taken back never was',
  async (t) => {
    const fund = await startFund(t);
    const holder = await fund.holder();
    const { chain } = fund.exchange.control;
    const txId = chain.send({ asset: 'USDC', network: NETWORK, address: holder.address, amount: '50' });
    chain.mine(NETWORK, 8);
    await fund.run('depositMonitor');
    t.like(await fund.deposits(), [{ status: 'pending', confirmations: 8 }]);
    t.is(await unitsOf(fund, holder), '0');
    t.deepEqual(await fund.run('solvency'), [], 'what the monitor has not taken up yet is no mismatch');
    chain.reverse(txId);
    await fund.run('depositMonitor');
    t.like(await fund.deposits(), [{ status: 'reversed' }]);
    t.deepEqual(await fund.run('solvency'), []);
    t.is((await fund.knex('transactions')).length, 0);
  },
);

const TRANSFER = '/sapi/v1/sub-account/universalTransfer';

/** What an account has of the fund's currency at the exchange. */
async function atExchange({ exchange }: FundStack, account: string): Promise<string> {
  const balance = exchange.engine.balances(account).find(({ asset }) => asset === 'USDC');
  return new Decimal(balance?.free ?? 0).add(balance?.locked ?? 0).toFixed();
}

async function unitsOf({ knex }: FundStack, { userId }: Holder): Promise<string> {
  const row = await knex('balances').where({ user_id: userId }).first();
  return new Decimal(row?.units ?? 0).toFixed();
}

/** The fund's bot has made so much: bought and sold within a moment. */
async function gain({ knex }: FundStack, amount: string): Promise<void> {
  for (const [side, price] of [
    ['BUY', '1'],
    ['SELL', new Decimal(1).add(amount).toFixed()],
  ] as const)
    await postEntry(knex, {
      ...fill({ base: 'BTC', quote: 'USDC', side, price, quantity: '1', fee: '0', feeAsset: 'USDC' }),
      ...{ key: `fill/${randomUUID()}`, at: Date.now() },
    });
}
