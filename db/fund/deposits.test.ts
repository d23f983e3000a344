import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import test, { type ExecutionContext } from 'ava';
import { plainRequest } from '../../runtime/testing/fund-holders.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { unitsLocked } from '../../bots/fund/postings.ts';
import { Decimal } from '../../bots/money.ts';
import { User } from '../models/user.ts';
import { checkLedger } from './check-ledger.ts';
import { readFreeze } from './dealing.ts';
import { allotDeposit, recordDeposit, type ToldDeposit } from './deposits.ts';
import { accountBalance } from './ledger-balances.ts';
import { postEntry } from './post-entry.ts';
import { keepSubAccount } from './sub-accounts.ts';
import { insertWithdrawal } from './withdrawal-requests.ts';
import { findSweep, intendSweep, settleSweep } from './sweeps.ts';

const AT = Date.UTC(2026, 0, 7, 10);
const TAKEN = { at: AT, keptBecause: null };

test('fund-integration 30: a deposit is received once, however often and by how many it is told', async (t) => {
  const { knex, told } = await setUp(t);
  const final = { ...told, state: 'final' } as const;
  t.is(await recordDeposit(knex, told, TAKEN), 'pending');
  t.deepEqual(
    await Promise.all(Array.from({ length: 8 }, () => recordDeposit(knex, final, TAKEN))),
    Array.from({ length: 8 }, () => 'credited'),
  );
  const { id } = await knex('deposits').first();
  const allot = () => knex.transaction((tx) => allotDeposit(tx, id, { price: '1.25', at: AT }));
  const allotted = await Promise.all(Array.from({ length: 8 }, allot));
  t.is(allotted.filter(Boolean).length, 1);
  t.is(await recordDeposit(knex, final, TAKEN), 'allotted');
  t.like(await knex('balances').first(), { units: '80.00000000' });
  t.like(await knex('transactions').first(), { status: 'completed', units: '80.00000000' });
  t.deepEqual(await checkLedger(knex), []);
  t.deepEqual(await toldOf(knex, 'fund.deposit'), ['pending 100', 'credited 100', 'allotted 100']);
});

test('what is taken back before units were given is an entry of its own', async (t) => {
  const { knex, told } = await setUp(t);
  const final = { ...told, state: 'final' } as const;
  const reversed = { ...told, state: 'reversed' } as const;
  await recordDeposit(knex, final, TAKEN);
  t.is(await recordDeposit(knex, reversed, TAKEN), 'reversed');
  t.is(await recordDeposit(knex, reversed, TAKEN), 'reversed');
  t.deepEqual(await knex('journal_entries').orderBy('id').pluck('kind'), [
    'deposit_received',
    'deposit_reversed',
  ]);
  t.is(await accountBalance(knex, { account: `sub/${told.userId}`, asset: 'USDC' }), '0');
  t.like(await knex('transactions').first(), { status: 'reversed' });
  t.is(await readFreeze(knex), null);
});

test('units given for what is taken back are cancelled, where its money was, and dealing is frozen', async (t) => {
  const { knex, told } = await setUp(t);
  const id = await allotted(knex, told);
  const sweep = { depositId: id, transferId: 'one' };
  await intendSweep(knex, sweep, { at: AT, sendBefore: AT + 1 });
  const reversed = { ...told, state: 'reversed' } as const;
  // On its way: where the exchange has taken it from is not known.
  t.is(await recordDeposit(knex, reversed, TAKEN), 'allotted');
  t.regex((await readFreeze(knex))?.because ?? '', /has taken back deposit/);
  await settleSweep(knex, { ...sweep, outcome: 'done', at: AT });
  await knex.transaction(async (tx) => {
    t.is(await recordDeposit(tx, reversed, TAKEN), 'reversed');
    t.is(await recordDeposit(tx, reversed, TAKEN), 'reversed');
  });
  for (const account of ['main', 'capital', 'adjustments', `sub/${told.userId}`] as const)
    t.is(await accountBalance(knex, { account, asset: 'USDC' }), '0', account);
  t.like(await knex('balances').first(), { units: '0.00000000' });
  t.like(await knex('deposits').first(), { status: 'reversed' });
  t.like(await knex('transactions').where({ type: 'deposit' }).first(), { status: 'reversed' });
  t.is((await knex('events').where({ type: 'fund.frozen' })).length, 1);
  t.deepEqual(await checkLedger(knex), []);
});

test('units that are not free any more are left, and the fund bears what they had cost', async (t) => {
  const { knex, told } = await setUp(t);
  await allotted(knex, told);
  const { user_id: userId, units } = await knex('deposits').first();
  const locked = new Decimal(units).sub('10').toFixed();
  await postEntry(knex, {
    ...{ ...unitsLocked({ userId, units: locked }), key: 'locked', at: AT },
    transaction: {
      ...{ userId, type: 'withdrawal', asset: 'USDC', amount: locked, units: locked, navPerUnit: '1' },
      ...{ status: 'pending', externalId: 'locked' },
    },
  });
  t.is(await recordDeposit(knex, { ...told, state: 'reversed' }, TAKEN), 'reversed');
  t.like(await knex('balances').first(), { units: `${locked}.00000000`, locked_units: `${locked}.00000000` });
  t.is(await accountBalance(knex, { account: `sub/${userId}`, asset: 'USDC' }), '0');
  t.is(await accountBalance(knex, { account: 'adjustments', asset: 'USDC' }), locked);
  t.is(await accountBalance(knex, { account: 'capital', asset: 'USDC' }), `-${locked}`);
  t.deepEqual(await checkLedger(knex), []);
});

test('requests that wait for approval are cancelled where their units were given for what is taken back', async (t) => {
  const { knex, told } = await setUp(t);
  await allotted(knex, told);
  const { id } = await insertWithdrawal(knex, plainRequest(told.userId, '95'));
  t.is(await recordDeposit(knex, { ...told, state: 'reversed' }, TAKEN), 'reversed');
  t.like(await knex('balances').first(), { units: '0.00000000', locked_units: '0.00000000' });
  t.is(await accountBalance(knex, { account: 'adjustments', asset: 'USDC' }), '0');
  t.like(await knex('withdrawal_requests').where({ id }).first(), {
    status: 'cancelled',
    error: 'The exchange has taken a deposit of yours back',
  });
  t.like(await knex('transactions').where({ type: 'withdrawal' }).first(), { status: 'cancelled' });
  t.deepEqual(await toldOf(knex, 'fund.withdrawal'), ['pending_approval 95', 'cancelled 95']);
  t.deepEqual(await checkLedger(knex), []);
});

async function allotted(knex: Knex, told: ToldDeposit): Promise<string> {
  await recordDeposit(knex, { ...told, state: 'final' }, TAKEN);
  const { id } = await knex('deposits').first();
  await knex.transaction((tx) => allotDeposit(tx, id, { price: '1', at: AT }));
  return id;
}

test('fund-integration 31: an attempt to sweep ends one way, and keeps its first time limit', async (t) => {
  const { knex, told } = await setUp(t);
  await recordDeposit(knex, { ...told, state: 'final' }, TAKEN);
  const { id: depositId } = await knex('deposits').first();
  const sweep = { depositId, transferId: 'one' };
  const intend = (sendBefore: number) => intendSweep(knex, sweep, { at: AT, sendBefore });
  t.is(await intend(AT + 1), null, 'before units are given');
  await knex.transaction((tx) => allotDeposit(tx, depositId, { price: '1', at: AT }));
  await intend(AT + 1);
  t.like(await intend(AT + 2), { sendBefore: AT + 1 });
  t.is(await findSweep(knex, { depositId, transferId: 'two' }), null);
  await settleSweep(knex, { ...sweep, outcome: 'returned', at: AT });
  await t.throwsAsync(settleSweep(knex, { ...sweep, outcome: 'done', at: AT }), { name: 'KeyReused' });
  t.like(await knex('deposits').first(), { status: 'allotted' });

  const again = { depositId, transferId: 'two' };
  await intendSweep(knex, again, { at: AT, sendBefore: AT + 1 });
  for (let n = 0; n < 2; n += 1) await settleSweep(knex, { ...again, outcome: 'done', at: AT });
  t.like(await knex('deposits').first(), { status: 'swept' });
  t.is(await accountBalance(knex, { account: 'main', asset: 'USDC' }), '100');
  t.deepEqual(await checkLedger(knex), []);
});

/** What whoever listens has been told, in its order. */
async function toldOf(knex: Knex, type: string): Promise<string[]> {
  const payloads: { status: string; amount: string }[] = await knex('events')
    .where({ type })
    .orderBy('id')
    .pluck('payload');
  return payloads.map(({ status, amount }) => `${status} ${amount}`);
}

async function setUp(t: ExecutionContext) {
  const { knex } = await freshDatabase(t);
  const { id: userId } = await User.query(knex).insert({ name: 'Holder' }).returning('*');
  await keepSubAccount(knex, userId, randomUUID());
  const told: ToldDeposit = {
    ...{ userId, venueDepositId: 'deposit', asset: 'USDC', network: 'BSC', amount: '100', txId: 'tx' },
    ...{ confirmations: 1, state: 'pending', seenAt: AT },
  };
  return { knex, told };
}
