import { randomUUID } from 'node:crypto';
import test from 'ava';
import { mainObserved } from '../bots/fund/postings.ts';
import { Decimal } from '../bots/money.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { readPortfolio } from '../db/fund/holders.ts';
import { accountBalance } from '../db/fund/ledger-balances.ts';
import { valueFund } from '../db/fund/nav-history.ts';
import { postEntry } from '../db/fund/post-entry.ts';
import { balance } from '../exchanges/simulated/testing/market.ts';
import { keptCommand } from '../runtime/testing/kept-command.ts';
import { shared } from '../runtime/testing/shared.ts';
import { startWithdrawals, type WithdrawalStack } from '../runtime/testing/withdrawals.ts';
import { CommandRefused } from './client.ts';

const stackOf = shared((t) => startWithdrawals(t));

test.serial(
  'fund-integration 39: an approval moves main to sub-account, then out to the address',
  async (t) => {
    const stack = await startWithdrawals(t);
    const { knex, exchange } = stack;
    const userId = await stack.holder('1000');
    const request = await stack.request(userId, '400');
    t.is(exchange.control.chain.withdrawals('fund').length, 0);
    await stack.approve(request);
    await stack.stands(request.id, 'processing', 'confirming');
    t.like(await readPortfolio(knex, userId), { units: '600', locked: '0', reserved: '400' });
    const paid = await stack.paid(request.id);
    t.is(Number(paid.network_fee), 0.3);
    t.truthy(paid.tx_id);
    const [sent, ...more] = exchange.control.chain.withdrawals('fund');
    t.like(sent, { address: request.address, amount: '400', withdrawOrderId: request.id });
    t.is(more.length, 0);
    t.like(await readPortfolio(knex, userId), { units: '600', reserved: '0', withdrawn: '400' });
    const main = { account: 'main', asset: 'USDC' } as const;
    t.is(await accountBalance(knex, main), balance(exchange.engine, 'fund', 'USDC').free);
    t.deepEqual(await checkLedger(knex), []);
    const trail = await knex('audit_logs')
      .where({ target: `withdrawal/${request.id}` })
      .orderBy('id');
    t.deepEqual(
      trail.map(({ action, details }) => [
        action,
        details.before.step,
        details.after.status,
        details.after.step,
      ]),
      [
        ['withdrawal.approve', null, 'approved', null],
        ['withdrawal.move', null, 'processing', 'staging'],
        ['withdrawal.move', 'staging', 'processing', 'sending'],
        ['withdrawal.move', 'sending', 'processing', 'sending'],
        ['withdrawal.move', 'sending', 'processing', 'confirming'],
        ['withdrawal.move', 'confirming', 'completed', null],
      ],
    );
  },
);

test('fund-integration 40: of fifty approvals at once one counts, and one transfer and one withdrawal follow', async (t) => {
  const stack = await stackOf(t);
  const request = await stack.request(await stack.holder('20'), '20');
  const admins = await Promise.all(Array.from({ length: 50 }, () => stack.admin()));
  const answers = await Promise.allSettled(admins.map((by) => approve(stack, request, by)));
  const refusals = answers.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  t.is(refusals.length, 49);
  for (const { reason } of refusals) t.true(reason instanceof CommandRefused, String(reason));
  await stack.paid(request.id);
  t.deepEqual(stack.effects(request.id), { staged: 1, withdrawals: 1 });
});

test('N different admins approve exactly what they saw, and never their own', async (t) => {
  const stack = await stackOf(t);
  const userId = await stack.holder('20');
  await stack.knex('users').where({ id: userId }).update({ role: 'admin' });
  const request = await stack.request(userId, '20', { quorum: 2 });
  const [one, other] = [await stack.admin(), await stack.admin()];
  const foreign = { ...request, digest: 'f'.repeat(64) };
  await t.throwsAsync(approve(stack, request, userId), { message: /Nobody approves their own/ });
  await t.throwsAsync(approve(stack, foreign, one), { message: /not what is asked for/ });
  await t.throwsAsync(approve(stack, request, await stack.holder('1')), { message: /Only administrators/ });
  t.like(await approve(stack, request, one), { status: 'pending_approval', approvedBy: [one] });
  await t.throwsAsync(approve(stack, request, one), { message: /approved this withdrawal already/ });
  t.like(await approve(stack, request, other), { status: 'approved', approvedBy: [one, other] });
  await stack.paid(request.id);
});

test('a command is carried out once, whoever repeats it, as update or as signal', async (t) => {
  const stack = await stackOf(t);
  const request = await stack.request(await stack.holder('20'), '20', { quorum: 2 });
  const command = { name: 'approve', commandId: randomUUID(), by: await stack.admin() } as const;
  const { name, commandId, by } = command;
  const { digest } = request;
  const handle = stack.temporal.client.workflow.getHandle(`withdrawal/${request.id}`);
  const answer = await stack.command(request.id, { name, commandId, by, digest });
  await handle.signal('approve', { commandId, by, digest });
  await handle.signal('approve', { commandId: 'not an id', by: 'nobody', digest });
  t.deepEqual(await stack.withdrawals.command(request.id, { name, commandId, by, digest }), answer);
  const other = { requestId: request.id, name, userId: await stack.admin() };
  const kept = await keptCommand(stack.knex, other);
  await handle.signal('approve', { commandId: kept, by: other.userId, digest });
  await stack.paid(request.id);
});

test('fund-integration 43: a rejected or cancelled request frees its units and moves no money', async (t) => {
  const stack = await stackOf(t);
  const userId = await stack.holder('40');
  const [rejected, cancelled] = [await stack.request(userId, '20'), await stack.request(userId, '20')];
  const by = await stack.admin();
  const reject = { name: 'reject', commandId: randomUUID(), by, reason: 'unknown payee' } as const;
  t.like(await stack.command(rejected.id, reject), { status: 'rejected' });
  const cancel = { name: 'cancel', commandId: randomUUID() } as const;
  await t.throwsAsync(stack.command(cancelled.id, { ...cancel, by }), {
    message: /Only its holder/,
  });
  const again = { ...cancel, commandId: randomUUID(), by: userId };
  t.like(await stack.command(cancelled.id, again), { status: 'cancelled' });
  t.like(await stack.row(rejected.id), { rejected_by: by, reject_reason: 'unknown payee' });
  t.like(await readPortfolio(stack.knex, userId), { units: '40', locked: '0' });
  await t.throwsAsync(approve(stack, rejected, by), { instanceOf: CommandRefused });
  for (const { id } of [rejected, cancelled]) t.deepEqual(stack.effects(id), { staged: 0, withdrawals: 0 });
});

test('a request that nobody approves in time expires', async (t) => {
  const stack = await stackOf(t);
  const userId = await stack.holder('20');
  const { id } = await stack.request(userId, '20', { expires_at: new Date(Date.now() + 500) });
  await stack.stands(id, 'expired');
  t.like(await readPortfolio(stack.knex, userId), { units: '20', locked: '0' });
});

test('while an approved one cools nothing is sent, and its holder can take it back', async (t) => {
  const stack = await stackOf(t);
  const userId = await stack.holder('40');
  const later = { cooling_until: new Date(Date.now() + 3_600_000) };
  const stopped = await stack.request(userId, '20', later);
  await stack.approve(stopped);
  t.like(await stack.row(stopped.id), { status: 'approved', step: 'cooling' });
  const cancel = { name: 'cancel', commandId: randomUUID(), by: userId } as const;
  t.like(await stack.command(stopped.id, cancel), { status: 'cancelled' });
  t.like(await readPortfolio(stack.knex, userId), { units: '40', locked: '0', reserved: '0' });
  t.deepEqual(stack.effects(stopped.id), { staged: 0, withdrawals: 0 });
  const soon = await stack.request(userId, '20', { cooling_until: new Date(Date.now() + 1_500) });
  await stack.approve(soon);
  await stack.paid(soon.id);
});

test('what the policy lets pass nobody is asked about', async (t) => {
  const stack = await stackOf(t);
  const { id } = await stack.request(await stack.holder('20'), '20', { quorum: 0 });
  const paid = await stack.paid(id);
  t.is(paid.approved_by, null);
});

test('fund-integration 44: neither approval nor execution moves the price of a unit', async (t) => {
  const stack = await startWithdrawals(t);
  const { knex, deps } = stack;
  const [userId] = [await stack.holder('300'), await stack.holder('33.33333333')];
  await postEntry(knex, { ...mainObserved({ asset: 'BTC', amount: '0.00123' }), key: 'btc', at: Date.now() });
  const price = async () => {
    const { marks } = await deps.readMarks(['BTC']);
    return (await valueFund(knex, { at: Date.now(), marks, currency: 'USDC', initialPrice: '1' })).price;
  };
  const before = await price();
  const seen: string[] = [];
  // Where each transaction has been committed.
  deps.step = () => void price().then((now) => seen.push(now));
  const request = await stack.request(userId, '123.456');
  await stack.approve(request);
  const paid = await stack.paid(request.id);
  seen.push(await price());
  t.true(new Decimal(paid.nav_per_unit).eq(before));
  for (const now of seen) t.true(new Decimal(now).sub(before).abs().lt('0.0000001'), now);
  t.true(seen.length > 8);
  const [told] = await knex('transactions').where({ external_id: request.id });
  t.like(told, { type: 'withdrawal', status: 'completed' });
  t.true(new Decimal(told.units).eq(paid.units));
});

test('a price that has moved until there are too few units, and a frozen fund, are refused and change nothing', async (t) => {
  const stack = await startWithdrawals(t);
  const { knex } = stack;
  const userId = await stack.holder('100');
  const request = await stack.request(userId, '100');
  await knex('fund_state').update({ frozen_since: new Date(), frozen_because: 'a mismatch' });
  await t.throwsAsync(stack.approve(request), { message: /frozen/ });
  await knex('fund_state').update({ frozen_since: null, frozen_because: null });
  const { readMarks } = stack.deps;
  stack.deps.readMarks = async (assets) => ({ ...(await readMarks(assets)), isProvisional: true });
  await t.throwsAsync(stack.approve(request), { message: /A price is too old/ });
  stack.deps.readMarks = readMarks;
  await postEntry(knex, { ...mainObserved({ asset: 'USDC', amount: '-1' }), key: 'a loss', at: Date.now() });
  await t.throwsAsync(stack.approve(request), { message: /more units than/ });
  t.like(await stack.row(request.id), { status: 'pending_approval' });
  t.is((await knex('withdrawal_approvals')).length, 0);
  t.like(await readPortfolio(knex, userId), { locked: '100', reserved: '0' });
});

test('fund-integration 45: a pending request survives a restart of its workers and can still be approved', async (t) => {
  const stack = await startWithdrawals(t, { worker: false });
  const first = await stack.startWorkers();
  const request = await stack.request(await stack.holder('20'), '20');
  await first.stop();
  await stack.startWorkers();
  await stack.approve(request);
  t.like(await stack.paid(request.id), { status: 'completed' });
});

function approve(stack: WithdrawalStack, { id, digest }: { id: string; digest: string }, by: string) {
  return stack.command(id, { name: 'approve', commandId: randomUUID(), by, digest });
}
