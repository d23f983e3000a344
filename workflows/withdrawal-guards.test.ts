import { randomUUID } from 'node:crypto';
import test from 'ava';
import { createWithdrawalActivities } from '../activities/fund/withdrawals/index.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { readPortfolio } from '../db/fund/holders.ts';
import { insertWithdrawal } from '../db/fund/withdrawal-requests.ts';
import { plainRequest } from '../runtime/testing/fund-holders.ts';
import { keptCommand } from '../runtime/testing/kept-command.ts';
import { shared } from '../runtime/testing/shared.ts';
import { until } from '../runtime/testing/stack.ts';
import { startWithdrawals } from '../runtime/testing/withdrawals.ts';
import { CommandRefused } from './client.ts';

const stackOf = shared((t) => startWithdrawals(t));

test('a command of a person that no door has put on record, or as another one, is not carried out', async (t) => {
  const stack = await stackOf(t);
  const { knex, withdrawals } = stack;
  const request = await stack.request(await stack.holder('20'), '20', { quorum: 2 });
  const { id, digest } = request;
  const [one, other] = [await stack.admin(), await stack.admin()];
  const handle = stack.temporal.client.workflow.getHandle(`withdrawal/${id}`);
  await handle.signal('approve', { by: one, digest });
  await handle.signal('approve', { commandId: randomUUID(), by: one, digest });
  const refusal = { instanceOf: CommandRefused, message: /not on record/ };
  const made = { name: 'approve', by: one, digest } as const;
  await t.throwsAsync(withdrawals.command(id, { ...made, commandId: randomUUID() }), refusal);
  const foreign = await keptCommand(knex, { requestId: id, name: 'approve', userId: other });
  await t.throwsAsync(withdrawals.command(id, { ...made, commandId: foreign }), refusal);
  const reject = { name: 'reject', commandId: foreign, by: other, reason: 'no' } as const;
  await t.throwsAsync(withdrawals.command(id, reject), refusal);
  t.like(await stack.command(id, { ...made, commandId: randomUUID(), by: other }), {
    status: 'pending_approval',
    approvedBy: [other],
  });
  t.is((await knex('audit_logs').where({ target: `withdrawal/${id}` })).length, 1);
});

test.serial(
  'what is not as it was approved is not staged, sent or approved, not even by whoever changes rows',
  async (t) => {
    const stack = await startWithdrawals(t, { worker: false });
    const { knex } = stack;
    const { decisions, moves } = createWithdrawalActivities(stack.deps);
    const userId = await stack.holder('100');
    const request = await insertWithdrawal(knex, plainRequest(userId, '20'));
    const withdrawalId = request.id;
    const pay = (to: string) =>
      knex('withdrawal_requests').where({ id: withdrawalId }).update({ address: to });
    const elsewhere = request.address.toLowerCase();
    await t.throwsAsync(pay(elsewhere), { message: /never changes/ });
    await knex.raw('ALTER TABLE withdrawal_requests DISABLE TRIGGER withdrawal_requests_subject_stays');
    const by = await stack.admin();
    const commandId = await keptCommand(knex, { requestId: withdrawalId, name: 'approve', userId: by });
    const approval = { withdrawalId, commandId, by, digest: request.digest };
    await pay(elsewhere);
    await t.throwsAsync(decisions.approve(approval), { message: /not what is asked for/ });
    await pay(request.address);
    t.like(await decisions.approve(approval), { status: 'approved' });
    await pay(elsewhere);
    const staging = { withdrawalId, transferId: `${withdrawalId}-staging` };
    await t.throwsAsync(moves.stage(staging), { message: /not what was approved/ });
    await pay(request.address);
    t.like(await moves.stage(staging), { outcome: 'done' });
    await pay(elsewhere);
    t.like(await moves.send({ withdrawalId, attempt: 1 }), { outcome: 'unknown' });
    t.deepEqual(stack.effects(withdrawalId), { staged: 1, withdrawals: 0 });
    t.is((await stack.row(withdrawalId)).send_attempt, 0);
  },
);

test('nothing is approved for a holder who has been disabled since', async (t) => {
  const stack = await stackOf(t);
  const userId = await stack.holder('20');
  const request = await stack.request(userId, '20');
  await stack.knex('users').where({ id: userId }).update({ disabled_at: new Date() });
  await t.throwsAsync(stack.approve(request), { message: /holder is disabled/ });
  t.like(await stack.row(request.id), { status: 'pending_approval' });
});

test.serial('an approved one is rejected until it is sent from main, also in a frozen fund', async (t) => {
  const stack = await startWithdrawals(t);
  const { knex } = stack;
  const userId = await stack.holder('60');
  const [by, later] = [await stack.admin(), { cooling_until: new Date(Date.now() + 3_600_000) }];
  const staged = new Set<string>();
  stack.deps.step = (step, id) => {
    if (step === 'stage:begun') staged.add(id);
  };
  const cooling = await stack.request(userId, '20', later);
  const sent = await stack.request(userId, '20');
  for (const request of [cooling, sent]) await stack.approve(request);
  await stack.stands(sent.id, 'processing', 'confirming');
  const due = await stack.request(userId, '20', { cooling_until: new Date(Date.now() + 6_000) });
  await stack.approve(due);
  const reject = (id: string) =>
    stack.command(id, { name: 'reject', commandId: randomUUID(), by, reason: 'a thief' });
  await knex('fund_state').update({ frozen_since: new Date(), frozen_because: 'a thief' });
  await t.throwsAsync(reject(sent.id), { message: /nothing has been sent/ });
  await until('it has cooled, and is held', () => staged.has(due.id));
  for (const { id } of [cooling, due]) {
    t.like(await reject(id), { status: 'approved', step: 'rejecting' });
    await t.throwsAsync(reject(id), { message: /being rejected already/ });
  }
  const { decisions, moves } = createWithdrawalActivities(stack.deps);
  const staging = { withdrawalId: due.id, transferId: `${due.id}-staging` };
  await knex('fund_state').update({ frozen_since: null, frozen_because: null });
  t.deepEqual(await moves.stage(staging), { outcome: 'over' });
  for (const { id } of [cooling, due]) {
    t.like(await decisions.takeBack({ withdrawalId: id }), { status: 'rejected' });
    t.like(await decisions.takeBack({ withdrawalId: id }), { status: 'rejected' });
    t.like(await stack.row(id), { rejected_by: by, reject_reason: 'a thief', step: null });
    t.deepEqual(stack.effects(id), { staged: 0, withdrawals: 0 });
  }
  await stack.paid(sent.id);
  t.like(await readPortfolio(knex, userId), { units: '40', locked: '0', reserved: '0', withdrawn: '20' });
  t.deepEqual(await checkLedger(knex), []);
  const cooler = await stack.request(userId, '20', later);
  await stack.approve(cooler);
  await reject(cooler.id);
  await stack.stands(cooler.id, 'rejected');
});

test('what nobody has to approve and cannot be dealt now is asked again by itself', async (t) => {
  const stack = await startWithdrawals(t);
  const { knex, deps } = stack;
  const userId = await stack.holder('20');
  await knex('fund_state').update({ frozen_since: new Date(), frozen_because: 'a mismatch' });
  let asked = 0;
  deps.step = (step) => {
    if (step === 'approve:valued') asked += 1;
  };
  const { id } = await stack.request(userId, '20', { quorum: 0 });
  await until('it to be asked again', async () => asked >= 2);
  t.like(await stack.row(id), { status: 'pending_approval' });
  await knex('fund_state').update({ frozen_since: null, frozen_because: null });
  await stack.stands(id, 'processing', 'confirming');
});
