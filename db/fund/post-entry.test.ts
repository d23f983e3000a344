import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import { depositReceived, mainObserved, unitsAllotted, unitsLocked } from '../../bots/fund/postings.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { shared } from '../../runtime/testing/shared.ts';
import { User } from '../models/user.ts';
import { checkLedger } from './check-ledger.ts';
import { freezeDealing, readFreeze, thawDealing } from './dealing.ts';
import { readPortfolio } from './holders.ts';
import { accountBalance, closeLedger, ledgerTotals } from './ledger-balances.ts';
import {
  DealingFrozen,
  KeyReused,
  postEntry,
  UnitsOverdrawn,
  type NewEntry,
  type Told,
} from './post-entry.ts';

const NOW = Date.UTC(2026, 0, 7, 10);
const database = shared((t) => freshDatabase(t, { acquireTimeoutMs: 60_000 }));

test('P2: the ledger is append-only: the database refuses to change, delete and truncate', async (t) => {
  // Its own: to truncate waits for everybody, and everybody for it.
  const { knex } = await freshDatabase(t);
  const userId = await investor(knex, '10');
  await closeLedger(knex, NOW);
  for (const table of ['ledger_accounts', 'journal_entries', 'postings', 'ledger_closings', 'ledger_totals'])
    for (const statement of [
      `UPDATE ${table} SET at = at`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      const sql = table === 'ledger_accounts' ? statement.replace('at = at', 'name = name') : statement;
      await t.throwsAsync(async () => knex.raw(sql), { code: '23001' }, sql);
    }
  for (const statement of [
    `UPDATE balances SET units = 1000000 WHERE user_id = '${userId}'`,
    `INSERT INTO balances (user_id, units) VALUES ('${randomUUID()}', 5)`,
    'DELETE FROM balances',
    'TRUNCATE balances',
  ])
    await t.throwsAsync(async () => knex.raw(statement), { code: '23001' }, statement);
  t.is((await readPortfolio(knex, userId)).units, '10');
});

test('P2: an entry that does not sum to zero in each asset is refused at commit, with all that went with it', async (t) => {
  const { knex } = await database(t);
  const wrong: NewEntry['postings'][] = [
    [
      { account: 'main', asset: 'USDC', amount: '1' },
      { account: 'trading', asset: 'USDC', amount: '-0.999999999999999999' },
    ],
    [
      { account: 'main', asset: 'USDC', amount: '1' },
      { account: 'trading', asset: 'BTC', amount: '-1' },
    ],
    [
      { account: 'main', asset: 'UNIT', amount: '1' },
      { account: 'trading', asset: 'UNIT', amount: '-1' },
    ],
  ];
  for (const postings of wrong) {
    const key = randomUUID();
    await t.throwsAsync(postEntry(knex, { key, kind: 'fill', at: NOW, postings }), { code: '23514' });
    t.is((await knex('journal_entries').where({ key })).length, 0);
  }
});

test('P2: an entry without postings is refused at commit', async (t) => {
  const { knex } = await database(t);
  const entry = { key: randomUUID(), kind: 'fill', at: new Date(NOW), refs: '{}', posting_count: 2 };
  await t.throwsAsync(async () => knex('journal_entries').insert(entry), {
    code: '23514',
    message: /no postings/,
  });
});

test('P2: nothing can be added to an entry later, balanced or not', async (t) => {
  const { knex } = await database(t);
  const { entryId } = await postEntry(knex, { ...observed('5'), key: randomUUID() });
  const [old] = await knex('postings').where({ entry_id: entryId });
  const lines = [
    { ...old, line: 8, amount: '1' },
    { ...old, line: 9, amount: '-1' },
  ];
  await t.throwsAsync(async () => knex('postings').insert(lines), { code: '23514' });
});

for (const amount of ['0', 'NaN', 'Infinity', '-Infinity', '1e20', '0.1234567890123456789'])
  test(`no posting is of ${amount}`, async (t) => {
    const { knex } = await database(t);
    const postings = [
      { account: 'main', asset: 'USDC', amount },
      { account: 'trading', asset: 'USDC', amount },
    ] satisfies NewEntry['postings'];
    const posting = postEntry(knex, { key: randomUUID(), kind: 'fill', at: NOW, postings });
    await t.throwsAsync(posting, { message: /postings_amount_check|at most 18 decimals|invalid input/ });
  });

test('no account has a name of another chart, nor a holder who is nobody', async (t) => {
  const { knex } = await database(t);
  const posting = (account: string) =>
    postEntry(knex, {
      ...{ key: randomUUID(), kind: 'fill', at: NOW },
      postings: [
        { account: account as 'main', asset: 'USDC', amount: '1' },
        { account: 'trading', asset: 'USDC', amount: '-1' },
      ],
    });
  for (const account of ['sub', 'mine', `main/${randomUUID()}`])
    await t.throwsAsync(posting(account), { code: '23514' });
  await t.throwsAsync(posting(`sub/${randomUUID()}`), { code: '23503' });
});

test('P2: the same key again changes nothing, and with other postings or of another kind it is refused', async (t) => {
  const { knex } = await freshDatabase(t);
  const entry = { ...observed('5'), key: 'once' };
  const first = await postEntry(knex, entry);
  t.true(first.posted);
  t.deepEqual(await postEntry(knex, { ...entry, at: NOW + 5000 }), { ...first, posted: false });
  const writtenOtherwise = entry.postings.map((posting) => ({ ...posting, amount: `${posting.amount}.000` }));
  t.false((await postEntry(knex, { ...entry, postings: writtenOtherwise.toReversed() })).posted);
  await t.throwsAsync(postEntry(knex, { ...entry, ...observed('5.01') }), { instanceOf: KeyReused });
  await t.throwsAsync(postEntry(knex, { ...entry, kind: 'fill' }), { instanceOf: KeyReused });
  const split = [
    ...entry.postings,
    { ...entry.postings[0]!, amount: '1' },
    { ...entry.postings[0]!, amount: '-1' },
  ];
  await t.throwsAsync(postEntry(knex, { ...entry, postings: split }), { instanceOf: KeyReused });
  t.is(await accountBalance(knex, { account: 'main', asset: 'USDC' }), '5');
});

test('fund-integration 30: a deposit that 20 see at once is credited once', async (t) => {
  const { knex } = await database(t);
  const userId = await holder(knex);
  const received = { ...depositReceived({ userId, asset: 'USDC', amount: '100' }), at: NOW };
  const posted = await Promise.all(
    Array.from({ length: 20 }, () => postEntry(knex, { ...received, key: `deposit/${userId}/received` })),
  );
  t.is(posted.filter((one) => one.posted).length, 1);
  t.is(new Set(posted.map(({ entryId }) => entryId)).size, 1);
  t.is(await accountBalance(knex, { account: `sub/${userId}`, asset: 'USDC' }), '100');
});

test('P2: 100 at once lock all the units somebody has: one of them is held', async (t) => {
  const { knex } = await freshDatabase(t, { acquireTimeoutMs: 60_000 });
  const userId = await investor(knex, '250.5');
  const locks = await Promise.allSettled(
    Array.from({ length: 100 }, (_, at) => postEntry(knex, locked(userId, '250.5', `${at}`))),
  );
  t.is(locks.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const lock of locks) if (lock.status === 'rejected') t.true(lock.reason instanceof UnitsOverdrawn);
  t.like(await readPortfolio(knex, userId), { units: '250.5', locked: '250.5' });
  t.deepEqual(await checkLedger(knex), []);
});

test('fund-integration 33: units change only with a row of transactions, which entries of the same thing move on', async (t) => {
  const { knex } = await database(t);
  const userId = await investor(knex, '10');
  const { transaction: _, ...silent } = locked(userId, '1', randomUUID());
  await t.throwsAsync(postEntry(knex, silent), { code: '23514', message: /only with a transaction/ });
  t.like(await knex('transactions').where({ user_id: userId }), [
    { type: 'deposit', status: 'completed', amount: '10.000000000000000000', units: '10.00000000' },
  ]);
  const { rows } = await knex.raw(
    `SELECT e.kind FROM journal_entries e JOIN transactions t
       ON t.type = e.transaction_type AND t.external_id = e.transaction_external_id
     WHERE t.user_id = ? ORDER BY e.id`,
    [userId],
  );
  t.deepEqual(rows, [{ kind: 'deposit_received' }, { kind: 'units_allotted' }]);
});

test('a moment in the past is the same before and after the books are closed, and what comes late is dated after that', async (t) => {
  const { knex } = await freshDatabase(t);
  const userId = await holder(knex);
  const account = `sub/${userId}` as const;
  for (let step = 0; step < 6; step++) {
    const received = depositReceived({ userId, asset: 'USDC', amount: '10' });
    await postEntry(knex, { ...received, key: `${step}`, at: NOW + step * 1000 });
  }
  const moments = [-1, 0, 999, 2000, 5000, 9999].map((after) => NOW + after);
  const sums = () =>
    Promise.all(
      moments.map(async (at) => [
        await accountBalance(knex, { account, asset: 'USDC', at }),
        (await ledgerTotals(knex, at)).find(({ kind }) => kind === 'sub')?.amount ?? '0',
      ]),
    );
  const expected = ['0', '10', '10', '30', '60', '60'].map((amount) => [amount, amount]);
  t.deepEqual(await sums(), expected);
  t.is(await closeLedger(knex, NOW), NOW + 5000, 'all that is posted counts');
  t.is(await closeLedger(knex, NOW), NOW + 5000);
  t.is(await closeLedger(knex, NOW + 9999), NOW + 9999);
  const late = await postEntry(knex, { ...observed('7'), key: 'late', at: NOW + 1500 });
  t.is(late.at, NOW + 10_000);
  t.deepEqual(await sums(), expected);
  t.is(await accountBalance(knex, { account: 'main', asset: 'USDC' }), '7');
  t.deepEqual(await checkLedger(knex), []);
});

test('an entry that is dated ahead is dated when it was written, and so is what comes after it', async (t) => {
  const { knex } = await freshDatabase(t);
  const ahead = Date.now() + 3_650 * 86_400_000;
  const { at } = await postEntry(knex, { ...observed('1'), key: 'ahead', at: ahead });
  t.true(at < ahead);
  t.true((await closeLedger(knex, NOW)) < ahead);
  t.like(await knex('journal_entries').first(), { at: new Date(at) });
  // The books say when they were closed: nothing is dated before that.
  t.is(await closeLedger(knex, ahead), ahead);
  t.is((await postEntry(knex, { ...observed('1'), key: 'later', at: NOW })).at, ahead + 1);
  t.deepEqual(await checkLedger(knex), []);
});

test('P12: once dealing is frozen nothing is allotted, until it is thawed; the first reason stays, and money goes on', async (t) => {
  const { knex } = await freshDatabase(t);
  const userId = await investor(knex, '10');
  t.true(await freezeDealing(knex, { at: NOW, because: 'main is short of 0.00000001 BTC' }));
  t.false(await freezeDealing(knex, { at: NOW + 1, because: 'another' }));
  t.deepEqual(await readFreeze(knex), { since: new Date(NOW), because: 'main is short of 0.00000001 BTC' });
  await t.throwsAsync(investor(knex, '5', userId), { instanceOf: DealingFrozen });
  t.true((await postEntry(knex, { ...observed('1'), key: 'goes on' })).posted);
  t.false(
    (await postEntry(knex, allotted(userId, '10', `${userId}/10`))).posted,
    'what was allotted before may be repeated',
  );
  t.true(await thawDealing(knex));
  t.false(await thawDealing(knex));
  t.is(await readFreeze(knex), null);
  await investor(knex, '5', userId);
  t.is((await readPortfolio(knex, userId)).units, '15');
});

const observed = (amount: string) => ({ ...mainObserved({ asset: 'USDC', amount }), at: NOW });

/** Somebody who has paid in and has as many units. */
async function investor(knex: Knex, units: string, userId?: string): Promise<string> {
  const id = userId ?? (await holder(knex));
  const received = depositReceived({ userId: id, asset: 'USDC', amount: units });
  const about = `${id}/${units}`;
  const transaction = told(id, units, about, { status: 'pending', units: null, navPerUnit: null });
  await postEntry(knex, { ...received, key: `deposit/${about}`, at: NOW, transaction });
  await postEntry(knex, allotted(id, units, about));
  return id;
}

const allotted = (userId: string, units: string, about: string): NewEntry => ({
  ...unitsAllotted({ userId, asset: 'USDC', amount: units, units }),
  ...{ key: `allotted/${about}`, at: NOW, transaction: told(userId, units, about) },
});

const locked = (userId: string, units: string, about: string): NewEntry => ({
  ...unitsLocked({ userId, units }),
  ...{ key: `locked/${userId}/${about}`, at: NOW },
  transaction: told(userId, units, `${userId}/${about}`, { type: 'withdrawal', status: 'pending' }),
});

const told = (userId: string, units: string, externalId: string, change: Partial<Told> = {}): Told => ({
  ...{ userId, type: 'deposit', asset: 'USDC', amount: units, units, navPerUnit: '1', status: 'completed' },
  ...{ externalId, ...change },
});

async function holder(knex: Knex): Promise<string> {
  return (await User.query(knex).insert({ name: 'Holder' }).returning('*')).id;
}
