import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../bots/fund/policy.ts';
import { depositReceived, redemptionFixed, unitsAllotted, unitsUnlocked } from '../../bots/fund/postings.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { shared } from '../../runtime/testing/shared.ts';
import { User } from '../models/user.ts';
import { readPortfolio } from './holders.ts';
import { postEntry, UnitsOverdrawn, type Told } from './post-entry.ts';
import { withdrawalDigest } from './withdrawal-digest.ts';
import {
  insertApproval,
  insertWithdrawal,
  withdrawalHistory,
  type NewWithdrawal,
  type WithdrawalRequest,
} from './withdrawal-requests.ts';

const NOW = Date.UTC(2026, 0, 7, 10);
const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const database = shared((t) => freshDatabase(t, { acquireTimeoutMs: 60_000 }));

test('fund-integration 37: a request waits for approval, its units locked and no money moved', async (t) => {
  const { knex } = await database(t);
  const userId = await investor(knex, '100');
  const request = await insertWithdrawal(knex, asked(userId, '40'));
  t.like(request, { status: 'pending_approval', units: '32.00000000', amount: '40.000000000000000000' });
  t.like(await readPortfolio(knex, userId), { units: '100', locked: '32' });
  t.is(request.digest, withdrawalDigest(request));
  const { rows } = await knex.raw(
    `SELECT DISTINCT p.asset FROM journal_entries e JOIN postings p ON p.entry_id = e.id WHERE e.key = ?`,
    [`withdrawal/${request.id}/locked`],
  );
  t.deepEqual(rows, [{ asset: 'UNIT' }]);
  const told = { id: request.id, status: 'pending_approval', asset: 'USDC', amount: '40' };
  t.deepEqual(await knex('events').where({ user_id: userId }).pluck('payload'), [told]);
});

test('fund-integration 38: more than the free units leaves no row, nor do requests that come together', async (t) => {
  const { knex } = await database(t);
  const userId = await investor(knex, '100');
  await t.throwsAsync(insertWithdrawal(knex, asked(userId, '125.00000001')), { instanceOf: UnitsOverdrawn });
  t.is(await count(knex, userId), 0);
  const both = await Promise.allSettled(
    Array.from({ length: 100 }, () => insertWithdrawal(knex, asked(userId, '125'))),
  );
  t.is(both.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of both) if (one.status === 'rejected') t.true(one.reason instanceof UnitsOverdrawn);
  t.is(await count(knex, userId), 1);
  t.like(await readPortfolio(knex, userId), { units: '100', locked: '100' });
});

test('fund-integration 43: a rejected request frees its units', async (t) => {
  const { knex } = await database(t);
  const userId = await investor(knex, '100');
  const { id, units } = await insertWithdrawal(knex, asked(userId, '125'));
  const transaction = told(userId, '125', id, { type: 'withdrawal', status: 'cancelled' });
  await postEntry(knex, { ...unitsUnlocked({ userId, units }), key: `${id}/unlocked`, at: NOW, transaction });
  t.like(await readPortfolio(knex, userId), { units: '100', locked: '0' });
  await t.notThrowsAsync(insertWithdrawal(knex, asked(userId, '125')));
});

test('fund-integration 40: units are given up for a request once, by however many at once', async (t) => {
  const { knex } = await database(t);
  const userId = await investor(knex, '100');
  const { id, units, amount } = await insertWithdrawal(knex, asked(userId, '100'));
  const fixed = redemptionFixed({ userId, asset: 'USDC', amount, units, locked: units });
  const transaction = told(userId, '100', id, { type: 'withdrawal', status: 'processing', units });
  const posted = await Promise.all(
    Array.from({ length: 50 }, () =>
      postEntry(knex, { ...fixed, key: `withdrawal/${id}/fixed`, at: NOW, transaction }),
    ),
  );
  t.is(posted.filter((one) => one.posted).length, 1);
  t.like(await readPortfolio(knex, userId), { units: '20', locked: '0', reserved: '80' });
});

test('approvals are of others, of exactly what was asked, and each counts once', async (t) => {
  const { knex } = await database(t);
  const userId = await investor(knex, '100');
  const [admin, other] = await Promise.all([holder(knex, 'admin'), holder(knex, 'admin')]);
  const request = await insertWithdrawal(knex, asked(userId, '40'));
  const approve = (adminId: string, digest = request.digest) =>
    insertApproval(knex, { request, digest, adminId, at: new Date(NOW) });
  const constraint = async (approving: Promise<number>) => {
    const error = await t.throwsAsync<Error & { constraint?: string }>(approving);
    return error.constraint;
  };
  t.is(await constraint(approve(userId)), 'withdrawal_approvals_others_check');
  const elsewhere = withdrawalDigest({ ...request, address: ADDRESS.toLowerCase() });
  t.is(await constraint(approve(admin, elsewhere)), 'withdrawal_approvals_subject_fkey');
  t.is(await approve(admin), 1);
  t.is(await approve(admin), 1);
  t.is(await approve(other), 2);
});

test('approvals of administrators who have been disabled or demoted since do not count', async (t) => {
  const { knex } = await database(t);
  const request = await insertWithdrawal(knex, asked(await investor(knex, '100'), '40'));
  const admins = await Promise.all(Array.from({ length: 4 }, () => holder(knex, 'admin')));
  const [disabled, demoted, third, fourth] = admins as [string, string, string, string];
  const approve = (adminId: string) =>
    insertApproval(knex, { request, digest: request.digest, adminId, at: new Date(NOW) });
  t.is(await approve(disabled), 1);
  t.is(await approve(demoted), 2);
  await knex('users')
    .where({ id: disabled })
    .update({ disabled_at: new Date(NOW) });
  t.is(await approve(third), 2);
  await knex('users').where({ id: demoted }).update({ role: 'user' });
  t.is(await approve(fourth), 2);
});

test('the same idempotency key of the same user is one request', async (t) => {
  const { knex } = await database(t);
  const [userId, another] = [await investor(knex, '100'), await investor(knex, '100')];
  const keyed = { idempotency_key: 'once' };
  await insertWithdrawal(knex, asked(userId, '10', keyed));
  await t.throwsAsync(insertWithdrawal(knex, asked(userId, '10', keyed)), { code: '23505' });
  t.like(await readPortfolio(knex, userId), { locked: '8' });
  await t.notThrowsAsync(insertWithdrawal(knex, asked(another, '10', keyed)));
});

test('limits count the 24 hours before, without what came to nothing', async (t) => {
  const { knex } = await freshDatabase(t);
  const [userId, another] = [await investor(knex, '100'), await investor(knex, '100')];
  const before = (hours: number) => ({ created_at: new Date(NOW - hours * 3_600_000) });
  await insertWithdrawal(knex, asked(userId, '10', before(24)));
  await insertWithdrawal(knex, asked(userId, '20', before(23)));
  await insertWithdrawal(knex, asked(another, '30', before(1)));
  const { id } = await insertWithdrawal(knex, asked(another, '5', before(1)));
  await knex<WithdrawalRequest>('withdrawal_requests').where({ id }).update({ status: 'rejected' });
  t.deepEqual(await withdrawalHistory(knex, userId, NOW), { holderDay: '20', fundDay: '50' });
});

test('a digest is of amount, asset, network, address and tag, and of how they are cut', (t) => {
  const of = { amount: '10', asset: 'USDC', network: 'ETH', address: ADDRESS, tag: null };
  const changes = [
    { amount: '10.000001' },
    { asset: 'USDT' },
    { network: 'BSC' },
    { address: 'x' },
    { tag: '' },
  ];
  const cut = { network: 'ET', address: `H${ADDRESS}` };
  const digests = [...changes, cut, {}].map((change) => withdrawalDigest({ ...of, ...change }));
  t.is(new Set(digests).size, digests.length);
  t.is(withdrawalDigest({ ...of, amount: '10.000' }), withdrawalDigest(of));
});

/** At 1.25 a unit. */
function asked(userId: string, amount: string, change: Partial<NewWithdrawal> = {}): NewWithdrawal {
  return {
    ...{ id: randomUUID(), user_id: userId, asset: 'USDC', amount, nav_per_unit: '1.25', network: 'ETH' },
    ...{ address: ADDRESS, tag: null, policy: DEFAULT_WITHDRAWAL_POLICY, quorum: 1, risk_flags: [] },
    ...{
      expires_at: new Date(NOW + 1),
      cooling_until: null,
      idempotency_key: null,
      created_at: new Date(NOW),
    },
    ...change,
  };
}

async function investor(knex: Knex, units: string): Promise<string> {
  const userId = await holder(knex);
  const of = { userId, asset: 'USDC', amount: units };
  const transaction = told(userId, units, userId, { units });
  const at = NOW - 48 * 3_600_000;
  await postEntry(knex, { ...depositReceived(of), key: `received/${userId}`, at });
  await postEntry(knex, { ...unitsAllotted({ ...of, units }), key: `allotted/${userId}`, at, transaction });
  return userId;
}

const told = (userId: string, amount: string, externalId: string, change: Partial<Told>): Told => ({
  ...{ userId, type: 'deposit', asset: 'USDC', amount, units: null, navPerUnit: null, status: 'completed' },
  ...{ externalId, ...change },
});

async function holder(knex: Knex, role: 'user' | 'admin' = 'user'): Promise<string> {
  return (await User.query(knex).insert({ name: 'Holder', role }).returning('*')).id;
}

async function count(knex: Knex, userId: string): Promise<number> {
  return (await knex('withdrawal_requests').where({ user_id: userId })).length;
}
