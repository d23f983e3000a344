import test from 'ava';
import { fill, mainObserved } from '../../bots/fund/postings.ts';
import { Decimal } from '../../bots/money.ts';
import { latestComparison } from '../../db/fund/comparisons.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { readFreeze } from '../../db/fund/dealing.ts';
import { allotDeposit } from '../../db/fund/deposits.ts';
import { postEntry } from '../../db/fund/post-entry.ts';
import { insertWithdrawal } from '../../db/fund/withdrawal-requests.ts';
import { User } from '../../db/models/user.ts';
import { openHolder, plainRequest } from '../../runtime/testing/fund-holders.ts';
import { keptCommand } from '../../runtime/testing/kept-command.ts';
import { startLooseFund, type LooseFund } from '../../runtime/testing/loose-fund.ts';
import { shared } from '../../runtime/testing/shared.ts';
import { readDifferences } from './differences.ts';

const fundOf = shared(async (t) => {
  const fund = await startLooseFund(t);
  const bitcoin = mainObserved({ asset: 'BTC', amount: '1' });
  await postEntry(fund.knex, { ...bitcoin, key: 'bitcoin', at: Date.now() });
  return { fund, userId: await openHolder(fund.knex, '1000') };
});

/** A withdrawal at work; `is` is called wherever its worker may end. */
interface Course {
  fund: LooseFund;
  withdrawalId: string;
  userId: string;
  is(when: string): Promise<void>;
}

const COURSES: Record<string, (course: Course) => Promise<void>> = {
  async 'is paid after every doubt'(course) {
    const { fund, withdrawalId, is } = course;
    const { decisions, moves } = fund.withdrawals;
    await approveAndStage(course);
    await fund.runUntil('send:intended', moves.send, { withdrawalId, attempt: 1 });
    await is('intended, never sent');
    await reviewAndResolve(course, 'retry');
    await sendInDoubt(course, 2);
    await reviewAndResolve(course, 'retry');
    await fund.runUntil('send:sent', moves.send, { withdrawalId, attempt: 3 });
    await is('taken, not recorded');
    await fund.run(decisions.review, { withdrawalId });
    await is('taken, shown to people');
    await fund.run(moves.ask, { withdrawalId });
    await is('recorded as taken');
    fund.exchange.control.chain.mine('BSC', 1);
    await is('on the chain');
    fund.exchange.control.chain.mine('BSC', 20);
    await fund.runUntil('confirm:asked', moves.confirm, { withdrawalId });
    await is('done, not recorded');
    await fund.run(moves.confirm, { withdrawalId });
    await is('paid');
  },
  async 'fails at the exchange'(course) {
    const { fund, withdrawalId, is } = course;
    const { moves } = fund.withdrawals;
    await approveAndStage(course);
    await fund.run(moves.send, { withdrawalId, attempt: 1 });
    fund.exchange.control.chain.fail(withdrawalId, 'rejected', 'no');
    await is('failed, not recorded');
    await fund.run(moves.confirm, { withdrawalId });
    await is('returning from main');
    const back = { withdrawalId, transferId: `${withdrawalId}-return`, from: 'main', reason: 'no' } as const;
    await fund.run(moves.refund, back);
    await is('failed');
  },
  async 'is given up half-way'(course) {
    const { fund, withdrawalId, is } = course;
    const { moves } = fund.withdrawals;
    await approveAndStage(course);
    await sendInDoubt(course, 1);
    await reviewAndResolve(course, 'refund');
    await fund.run(moves.giveUp, { withdrawalId });
    await is('back in the sub-account');
    const back = { withdrawalId, transferId: `${withdrawalId}-return`, from: 'sub', reason: 'no' } as const;
    await fund.runUntil('return:intended', moves.refund, back);
    await is('booked as on its way back');
    await fund.runUntil('return:sent', moves.refund, back);
    await is('back on main, not recorded');
    await fund.run(moves.refund, back);
    await is('refunded');
  },
  async 'is taken back while it cools'(course) {
    const { fund, withdrawalId, userId: by, is } = course;
    await approve(course);
    const kept = { requestId: withdrawalId, name: 'cancel', userId: by } as const;
    const commandId = await keptCommand(fund.knex, kept);
    const asked = { withdrawalId, commandId, by, as: 'cancel', reason: null } as const;
    await fund.run(fund.withdrawals.decisions.close, asked);
    await is('cancelled');
  },
};

for (const [what, run] of Object.entries(COURSES))
  test.serial(
    `P12: nowhere in its course is a withdrawal that ${what} a mismatch, and one is seen everywhere`,
    async (t) => {
      const { fund, userId } = await fundOf(t);
      const cooling_until = what.includes('cools') ? new Date(Date.now() + 3_600_000) : null;
      const request = { ...plainRequest(userId, '100'), cooling_until };
      const { id: withdrawalId } = await insertWithdrawal(fund.knex, request);
      const { seen, is } = watch(fund);
      await is('waiting for approval');
      await run({ fund, withdrawalId, userId, is });
      t.deepEqual(
        seen.filter(({ differs, missed }) => differs || missed),
        [],
      );
      t.true(seen.length > 2);
      t.is(await readFreeze(fund.knex), null);
      t.deepEqual(await checkLedger(fund.knex), []);
    },
  );

test.serial(
  'P12: nowhere on its way is a deposit or its sweep a mismatch, and one is seen everywhere',
  async (t) => {
    const { fund } = await fundOf(t);
    const { knex, exchange, activities, run } = fund;
    const { chain } = exchange.control;
    const { seen, is } = watch(fund);
    const { id: userId } = await User.query(knex).insert({ name: 'Depositor' }).returning('*');
    await run(activities.openDepositAddress, { userId, network: 'BSC' });
    const { address } = await knex('fund_deposit_addresses').where({ user_id: userId }).first();
    const pay = (amount: string) => chain.send({ asset: 'USDC', network: 'BSC', address, amount });
    await is('an empty sub-account');
    const dropped = pay('70');
    await is('under way');
    chain.mine('BSC', 8);
    await is('credited, not seen');
    await run(activities.observeDeposits, undefined);
    await is('credited, not final');
    chain.reverse(dropped);
    await is('taken back, not seen');
    await run(activities.observeDeposits, undefined);
    await is('taken back');
    pay('5');
    pay('50');
    chain.mine('BSC', 20);
    await is('final, not seen');
    await run(activities.observeDeposits, undefined);
    await is('received, and one of them kept');
    const { id: depositId } = await knex('deposits').where({ status: 'credited' }).first();
    await knex.transaction((tx) => allotDeposit(tx, depositId, { price: '1', at: Date.now() }));
    await is('allotted');
    const sweep = { depositId, transferId: `sweep-${depositId}` };
    await run(activities.intendSweep, sweep);
    await is('booked as sent');
    await run(activities.sendSweep, sweep);
    await is('sent, not recorded');
    await run(activities.settleSweep, { ...sweep, outcome: 'done' });
    await is('swept');
    t.deepEqual(
      seen.filter(({ differs, missed }) => differs || missed),
      [],
    );
    t.is(await readFreeze(knex), null);
  },
);

test.serial('money that moves while it is looked at is no mismatch, and hides none', async (t) => {
  const { fund } = await fundOf(t);
  const { knex, deps, exchange, activities, run } = fund;
  const { main } = deps;
  t.deepEqual(await run(activities.checkSolvency, undefined), []);
  const agreed = await latestComparison(knex);
  t.deepEqual(agreed?.differences, []);
  let trades = 0;
  let last = Infinity;
  // Each time the balances are about to be read, the bot has bought as much again, at the same price.
  deps.main = async (use) => {
    if (trades === last) return main(use);
    const bought = { base: 'BTC', quote: 'USDC', side: 'BUY', price: '50000', quantity: '0.00002' } as const;
    await postEntry(knex, {
      ...fill({ ...bought, fee: '0', feeAsset: 'USDC' }),
      ...{ key: `trade ${(trades += 1)}`, at: Date.now() },
    });
    exchange.engine.move([
      { from: 'fund', to: 'somebody', asset: 'USDC', amount: '1' },
      { from: 'somebody', to: 'fund', asset: 'BTC', amount: '0.00002' },
    ]);
    return main(use);
  };
  t.deepEqual(await run(activities.checkSolvency, undefined), []);
  t.true(trades > 2);
  t.is(await readFreeze(knex), null);

  // What is not known is no verdict, and the last one does not hold for ever.
  t.deepEqual(await latestComparison(knex), agreed);
  const held = async () => (await run(activities.valueFund, { reason: 'sync' })).heldBecause;
  t.is(await held(), null);
  await knex('fund_state').update({ compared_at: new Date(Date.now() - 301_000) });
  t.regex((await held()) ?? '', /has not been compared with the exchange since/);
  last = trades + 4;
  t.deepEqual(await run(activities.checkSolvency, undefined), []);
  t.is(trades, last);
  t.is(await held(), null);
  last = Infinity;
  const airdrop = { from: 'somebody', to: 'fund', asset: 'BNB', amount: '0.00000001' };
  exchange.engine.move([airdrop]);
  const differences = await run(activities.checkSolvency, undefined);
  t.deepEqual(differences, ['The main account has 0.00000001 BNB at the exchange and 0 in the ledger']);
  t.is((await readFreeze(knex))?.because, differences[0]);
});

async function approve({ fund, withdrawalId, is }: Course): Promise<void> {
  const { knex, withdrawals } = fund;
  const { digest } = await knex('withdrawal_requests').where({ id: withdrawalId }).first();
  const by = await admin(fund);
  const commandId = await keptCommand(knex, { requestId: withdrawalId, name: 'approve', userId: by });
  await fund.run(withdrawals.decisions.approve, { withdrawalId, commandId, by, digest });
  await is('approved');
}

async function approveAndStage(course: Course): Promise<void> {
  const { fund, withdrawalId, is } = course;
  const { stage } = fund.withdrawals.moves;
  const staging = { withdrawalId, transferId: `${withdrawalId}-staging` };
  await approve(course);
  await fund.runUntil('stage:intended', stage, staging);
  await is('staging booked');
  await fund.runUntil('stage:sent', stage, staging);
  await is('staged, not recorded');
  await fund.run(stage, staging);
  await is('staged');
}

/** Half-way: out of the sub-account, and nobody knows whether out of main. */
async function sendInDoubt({ fund, withdrawalId, is }: Course, attempt: number): Promise<void> {
  const path = '/sapi/v1/capital/withdraw/apply';
  fund.exchange.control.addFault({ kind: 'lost_request', match: { path }, times: 1 });
  await fund.run(fund.withdrawals.moves.send, { withdrawalId, attempt });
  await is(`half-way, attempt ${attempt}`);
}

async function reviewAndResolve(
  { fund, withdrawalId, is }: Course,
  outcome: 'retry' | 'refund',
): Promise<void> {
  const { review, resolve } = fund.withdrawals.decisions;
  await fund.run(review, { withdrawalId });
  await is('shown to people');
  const by = await admin(fund);
  const commandId = await keptCommand(fund.knex, { requestId: withdrawalId, name: 'resolve', userId: by });
  await fund.run(resolve, { withdrawalId, commandId, by, outcome });
  await is('decided');
}

async function admin({ knex }: LooseFund): Promise<string> {
  return (await User.query(knex).insert({ name: 'Admin', role: 'admin' }).returning('*')).id;
}

/** Looks as the check does; then whether it would see the smallest unit that the ledger has and the exchange has not. */
function watch({ knex, deps }: LooseFund) {
  const seen: { when: string; differs: string | undefined; missed: boolean }[] = [];
  const speck = '0.00000001';
  let planted = 0;
  const plant = (amount: string) =>
    postEntry(knex, {
      ...mainObserved({ asset: 'USDC', amount }),
      key: `planted ${(planted += 1)}`,
      at: Date.now(),
    });
  async function is(when: string): Promise<void> {
    const [difference] = (await readDifferences(deps)).differences;
    await plant(speck);
    const [added, ...more] = (await readDifferences(deps)).differences;
    await plant(`-${speck}`);
    const isSeen = added?.surplus === new Decimal(speck).neg().toFixed() && more.length === 0;
    seen.push({ when, differs: difference?.sentence, missed: !isSeen });
  }
  return { seen, is };
}
