import { randomUUID } from 'node:crypto';
import test from 'ava';
import { fill, mainObserved } from '../../bots/fund/postings.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { readFreeze } from '../../db/fund/dealing.ts';
import { recordDeposit } from '../../db/fund/deposits.ts';
import { accountBalance } from '../../db/fund/ledger-balances.ts';
import { hasBegun, openFund } from '../../db/fund/opening.ts';
import { postEntry } from '../../db/fund/post-entry.ts';
import { insertWithdrawal } from '../../db/fund/withdrawal-requests.ts';
import { keepSubAccount } from '../../db/fund/sub-accounts.ts';
import { User } from '../../db/models/user.ts';
import { untilLockAwaited } from '../../runtime/testing/database.ts';
import { openHolder, plainRequest } from '../../runtime/testing/fund-holders.ts';
import { keptCommand } from '../../runtime/testing/kept-command.ts';
import { startLooseFund, type LooseFund } from '../../runtime/testing/loose-fund.ts';

test('what main has before anybody has units is the house’s, and the next one pays the same price', async (t) => {
  const fund = await startLooseFund(t);
  const { knex, exchange, activities, run } = fund;
  const refused =
    'The main account has 1 BTC before the fund begins: sell it for USDC or move it away, then let dealing go on';
  t.deepEqual(await run(activities.checkSolvency, undefined), [refused]);
  t.is((await readFreeze(knex))?.because, refused);
  t.is((await knex('journal_entries')).length, 0);

  exchange.engine.move([{ from: 'fund', to: 'somebody', asset: 'BTC', amount: '1' }]);
  await run(activities.unfreeze, { by: randomUUID() });
  // The bot may have traded by then: what it lost is the house's loss.
  const bought = { base: 'BTC', quote: 'USDC', side: 'BUY', price: '50000', quantity: '0.002' } as const;
  await postEntry(knex, {
    ...fill({ ...bought, fee: '0', feeAsset: 'USDC' }),
    key: 'trade',
    at: Date.now(),
  });
  exchange.engine.move([
    { from: 'fund', to: 'somebody', asset: 'USDC', amount: '100' },
    { from: 'somebody', to: 'fund', asset: 'BTC', amount: '0.002' },
  ]);
  const marks = { marks: { BTC: '25000' }, at: Date.now(), isProvisional: false };
  fund.deps.readMarks = async () => marks;

  const { id: userId } = await User.query(knex).insert({ name: 'Depositor' }).returning('*');
  await run(activities.openDepositAddress, { userId, network: 'BSC' });
  const { address } = await knex('fund_deposit_addresses').first();
  exchange.control.chain.send({ asset: 'USDC', network: 'BSC', address, amount: '95' });
  exchange.control.chain.mine('BSC', 20);
  // No check has been made since: it is the monitor that opens the fund before it looks.
  await run(activities.observeDeposits, undefined);
  const turn = async () => {
    const { price, units, value } = await run(activities.valueFund, { reason: 'deposit' });
    return [price, units, value].map(Number);
  };
  t.deepEqual(await turn(), [0.95, 1000, 950]);
  t.deepEqual(await turn(), [0.95, 1100, 1045]);
  t.like(await knex('balances').first(), { units: '100.00000000' });
  t.is(await accountBalance(knex, { account: 'fee-units', asset: 'UNIT' }), '1000');
  t.like(await knex('transactions').where({ external_id: 'opening' }).first(), {
    type: 'adjustment',
    user_id: null,
  });

  // Once it has begun, what comes to main by itself is a mismatch.
  t.deepEqual(await run(activities.checkSolvency, undefined), []);
  exchange.engine.move([{ from: 'somebody', to: 'fund', asset: 'USDC', amount: '1' }]);
  t.is((await run(activities.checkSolvency, undefined)).length, 1);
  t.deepEqual(await checkLedger(knex), []);
});

test('what buys not the smallest part of a unit opens nothing, and does not keep what comes after it from opening', async (t) => {
  const { knex } = await startLooseFund(t);
  const open = (amount: string) => openFund(knex, { asset: 'USDC', amount, price: '100', at: Date.now() });
  t.deepEqual([await open('0.0000005'), await open('0.0000005')], [true, false]);
  t.false(await hasBegun(knex));
  t.deepEqual([await open('1000'), await open('1')], [true, false]);
  t.is(await accountBalance(knex, { account: 'fee-units', asset: 'UNIT' }), '10');
  t.is(await accountBalance(knex, { account: 'main', asset: 'USDC' }), '1000.0000005');
  t.deepEqual(await checkLedger(knex), []);
});

test('P2: nothing is dealt at prices that were read more than a minute ago, whoever has waited meanwhile', async (t) => {
  const fund = await startLooseFund(t);
  const { knex, activities, run } = fund;
  await openHolder(knex, '1000');
  await deposit(fund, '100');
  const read = (ago: number) => {
    const marks = { marks: {}, at: Date.now() - ago, isProvisional: false };
    fund.deps.readMarks = async () => marks;
  };
  read(61_000);
  t.like(await run(activities.valueFund, { reason: 'deposit' }), {
    waiting: 1,
    heldBecause: 'The prices were read too long ago',
  });
  t.like(await knex('nav_history').orderBy('id', 'desc').first(), {
    provisional_because: 'The prices were read too long ago',
  });
  read(0);
  t.like(await run(activities.valueFund, { reason: 'deposit' }), { waiting: 0, heldBecause: null });
});

test('P2: with the last unit redeemed the price begins anew, and what was left is the house’s, or nobody joins where it is less than nothing', async (t) => {
  const fund = await startLooseFund(t);
  const { knex, activities, run, withdrawals } = fund;
  const mark = (BTC: string) => {
    fund.deps.readMarks = async () => ({ marks: { BTC }, at: Date.now(), isProvisional: false });
  };
  const userId = await openHolder(knex, '1000');
  const bought = { base: 'BTC', quote: 'USDC', side: 'BUY', price: '50000', quantity: '0.01' } as const;
  await postEntry(knex, { ...fill({ ...bought, fee: '0', feeAsset: 'USDC' }), key: 'buy', at: Date.now() });
  mark('100000');
  // At 1.5 a unit, all of them. It cools: the position is still there.
  const cooling_until = new Date(Date.now() + 3_600_000);
  const asked = await insertWithdrawal(knex, {
    ...plainRequest(userId, '1000'),
    amount: '1500',
    nav_per_unit: '1.5',
    cooling_until,
  });
  const { id: by } = await User.query(knex).insert({ name: 'Admin', role: 'admin' }).returning('*');
  const command = async (name: 'approve' | 'reject') => {
    const commandId = await keptCommand(knex, { requestId: asked.id, name, userId: by });
    return { withdrawalId: asked.id, commandId, by };
  };
  await run(withdrawals.decisions.approve, { ...(await command('approve')), digest: asked.digest });
  const turn = async () => {
    const { price, units, value, waiting } = await run(activities.valueFund, { reason: 'deposit' });
    return [price, units, value, waiting].map(Number);
  };
  t.deepEqual(await turn(), [1, 0, 0, 0]);

  const newcomer = await deposit(fund, '500');
  mark('70000');
  t.like(await run(activities.valueFund, { reason: 'deposit' }), {
    ...{ waiting: 1, price: null },
    heldBecause:
      '0 units of a fund worth -300 have no price. Nothing is dealt until its ledger has been compared with the exchange.',
  });
  mark('131000');
  t.deepEqual(await turn(), [1, 0, 310, 0]);
  t.deepEqual(await turn(), [1, 810, 810, 0]);
  t.like(await knex('balances').where({ user_id: newcomer }).first(), { units: '500.00000000' });
  t.is(await accountBalance(knex, { account: 'fee-units', asset: 'UNIT' }), '310');
  // What is taken back now is worth as much as anybody's.
  const back = { ...(await command('reject')), as: 'reject', reason: 'no' } as const;
  await run(withdrawals.decisions.close, back);
  await run(withdrawals.decisions.takeBack, { withdrawalId: asked.id });
  t.deepEqual(await turn(), [1, 2310, 2310, 0]);
  t.deepEqual(await checkLedger(knex), []);
});

test('whoever holds a deposit that waits for units can write to the ledger while the fund is valued', async (t) => {
  const fund = await startLooseFund(t);
  const { knex, activities, run } = fund;
  await deposit(fund, '100');
  let valued: Promise<unknown> = Promise.resolve();
  await knex.transaction(async (tx) => {
    await tx('deposits').forUpdate().first();
    valued = run(activities.valueFund, { reason: 'deposit' });
    await untilLockAwaited(knex);
    const found = mainObserved({ asset: 'USDC', amount: '1' });
    await postEntry(tx, { ...found, key: 'found', at: Date.now() });
  });
  t.like(await valued, { waiting: 0, heldBecause: null });
});

/** A new user's, credited for good: who. */
async function deposit({ knex }: LooseFund, amount: string): Promise<string> {
  const { id: userId } = await User.query(knex).insert({ name: 'Depositor' }).returning('*');
  await keepSubAccount(knex, userId, userId.replaceAll('-', ''));
  const told = { userId, asset: 'USDC', network: 'BSC', amount, txId: 'tx', confirmations: 20 } as const;
  const at = Date.now();
  await recordDeposit(
    knex,
    { ...told, venueDepositId: randomUUID(), state: 'final', seenAt: at },
    { at, keptBecause: null },
  );
  return userId;
}
