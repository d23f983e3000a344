import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { WITHDRAWAL_STEPS, type WithdrawalStep } from '../activities/fund/withdrawals/dependencies.ts';
import { createReview } from '../activities/fund/withdrawals/review.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { readPortfolio } from '../db/fund/holders.ts';
import { accountBalance } from '../db/fund/ledger-balances.ts';
import type { WithdrawalRequest } from '../db/fund/withdrawal-requests.ts';
import { balance } from '../exchanges/simulated/testing/market.ts';
import { until } from '../runtime/testing/stack.ts';
import { startWithdrawals, type WithdrawalStack } from '../runtime/testing/withdrawals.ts';
import type { Resolution } from './messages.ts';

const APPLY = { method: 'POST', path: '/sapi/v1/capital/withdraw/apply' };
const TRANSFER = { method: 'POST', path: '/sapi/v1/sub-account/universalTransfer' };

test.serial(
  'fund-integration 42: what fails at the exchange is refunded, the money back in main',
  async (t) => {
    const stack = await startWithdrawals(t);
    const { knex, exchange } = stack;
    const userId = await stack.holder('1000');
    const [dropped, refused, moved] = await Promise.all([
      approved(stack, await stack.request(userId, '100')),
      // Less than the network takes.
      approved(stack, await stack.request(userId, '1')),
      approved(stack, await stack.request(userId, '50', { quorum: 1 })),
    ]);
    await stack.stands(dropped.id, 'processing', 'confirming');
    exchange.control.chain.fail(dropped.id, 'failed', 'a bad block');
    t.regex((await stack.stands(dropped.id, 'failed')).error ?? '', /a bad block/);
    t.regex((await stack.stands(refused.id, 'failed')).error ?? '', /refused/);
    await stack.paid(moved.id);
    t.like(await readPortfolio(knex, userId), { units: '950', locked: '0', reserved: '0', withdrawn: '50' });
    await sound(t, stack);
    t.is(mainOf(stack), '950');
    const [told] = await knex('transactions').where({ external_id: dropped.id });
    t.is(told.status, 'failed');
  },
);

test.serial('fund-integration 42: what main cannot pay is refunded without a move', async (t) => {
  const stack = await startWithdrawals(t);
  const userId = await stack.holder('2000');
  const { id } = await approved(stack, await stack.request(userId, '1500'));
  await stack.stands(id, 'failed');
  t.deepEqual(stack.effects(id), { staged: 0, withdrawals: 0 });
  t.like(await readPortfolio(stack.knex, userId), { units: '2000', locked: '0', reserved: '0' });
  t.deepEqual(await checkLedger(stack.knex), []);
});

test.serial(
  'P3: an answer that is lost, of a transfer or of a withdrawal, is asked for and not sent again',
  async (t) => {
    const stack = await startWithdrawals(t);
    const { control } = stack.exchange;
    const userId = await stack.holder('1000');
    for (const match of [TRANSFER, APPLY]) {
      control.addFault({ kind: 'lost_answer', match, times: 1 });
      const { id } = await approved(stack, await stack.request(userId, '100'));
      await stack.paid(id);
      t.deepEqual(stack.effects(id), { staged: 1, withdrawals: 1 });
    }
    await sound(t, stack);
  },
);

test.serial(
  'P3: a sending in doubt waits for a person, and goes on by itself when the history tells',
  async (t) => {
    const stack = await startWithdrawals(t, { timing: { patience: 300 } });
    const { control } = stack.exchange;
    const userId = await stack.holder('1000');
    control.addFault({ kind: 'delayed_acceptance', ms: 2_500, answer: 'drop', match: APPLY, times: 1 });
    const sent = await approved(stack, await stack.request(userId, '100'));
    const review = await stack.stands(sent.id, 'manual_review');
    t.regex(review.error ?? '', /asked on/);
    t.deepEqual(stack.effects(sent.id), { staged: 1, withdrawals: 0 });
    t.like(await readPortfolio(stack.knex, userId), { units: '900', reserved: '100' });
    await stack.stands(sent.id, 'processing', 'confirming');
    t.is((await stack.paid(sent.id)).error, null);
    t.deepEqual(stack.effects(sent.id), { staged: 1, withdrawals: 1 });
    await sound(t, stack);
  },
);

test.serial('what never arrived an admin sends again or gives up, and nobody else does', async (t) => {
  const stack = await startWithdrawals(t, { timing: { patience: 300, sendWithin: 2_000 } });
  const userId = await stack.holder('1000');
  const ends = { retry: 'completed', refund: 'failed' } as const;
  for (const outcome of ['retry', 'refund'] as const) {
    stack.exchange.control.addFault({ kind: 'lost_request', match: APPLY, times: 1 });
    const { id } = await approved(stack, await stack.request(userId, '100'));
    await stack.stands(id, 'manual_review');
    t.deepEqual(stack.effects(id), { staged: 1, withdrawals: 0 });
    await t.throwsAsync(resolve(stack, id, outcome, userId), { message: /Only administrators/ });
    await t.throwsAsync(stack.approve(await stack.row(id)), { message: /only one that waits/ });
    await resolved(stack, id, outcome);
    if (outcome === 'retry') await stack.paid(id);
    t.is((await stack.stands(id, ends[outcome])).status, ends[outcome]);
    t.deepEqual(stack.effects(id), { staged: 1, withdrawals: outcome === 'retry' ? 1 : 0 });
  }
  t.like(await readPortfolio(stack.knex, userId), { units: '900', reserved: '0', withdrawn: '100' });
  t.is(mainOf(stack), '900');
  await sound(t, stack);
});

test.serial('an admin who decides as soon as the row shows the doubt is heard', async (t) => {
  const stack = await startWithdrawals(t, { timing: { patience: 60_000, sendWithin: 2_000 } });
  const userId = await stack.holder('1000');
  stack.exchange.control.addFault({ kind: 'lost_request', match: APPLY, times: 1 });
  const { id } = await approved(stack, await stack.request(userId, '100'));
  await until('its sending to begin', async () => (await stack.row(id)).send_before !== null);
  // As an activity whose answer the workflow has not had yet.
  await createReview(stack.deps)({ withdrawalId: id });
  await resolved(stack, id, 'refund');
  t.is((await stack.stands(id, 'failed')).status, 'failed');
  await sound(t, stack);
});

test.serial(
  'P3: a run that is ended from outside is begun again, and sends nothing again of which it does not know',
  async (t) => {
    const stack = await startWithdrawals(t, { timing: { patience: 60_000, sendWithin: 2_000 } });
    const userId = await stack.holder('1000');
    stack.exchange.control.addFault({ kind: 'lost_request', match: APPLY, times: 1 });
    const inDoubt = await approved(stack, await stack.request(userId, '100'));
    await until('its sending to begin', async () => (await stack.row(inDoubt.id)).send_before !== null);
    const underWay = await approved(stack, await stack.request(userId, '50'));
    await stack.stands(underWay.id, 'processing', 'confirming');
    const waiting = await stack.request(userId, '20');
    const all = [inDoubt, underWay, waiting].map(({ id }) => ({ id, run: handleOf(stack, id) }));
    for (const { run } of all) await run.terminate('by a test');
    for (const { id } of all) await stack.withdrawals.start(id);
    await stack.approve(waiting);
    await stack.paid(waiting.id);
    await stack.paid(underWay.id);
    t.is((await createReview(stack.deps)({ withdrawalId: inDoubt.id })).status, 'manual_review');
    await resolved(stack, inDoubt.id, 'retry');
    await stack.paid(inDoubt.id);
    for (const { id, run } of all) {
      t.deepEqual(stack.effects(id), { staged: 1, withdrawals: 1 });
      await run.result();
      await stack.withdrawals.start(id);
      t.is((await run.describe()).status.name, 'COMPLETED');
    }
    await sound(t, stack);
  },
);

test.serial(
  'P3: a way back that came to nothing at the exchange is gone again, under an id of its own',
  async (t) => {
    const stack = await startWithdrawals(t);
    const { knex, treasury, deps } = stack;
    const ids: string[] = [];
    // As the exchange keeps it: what has failed once under an id has failed for ever.
    deps.treasury = async () => ({
      ...treasury,
      async transfer(request) {
        const { transferId, asset, amount } = request;
        const attempt = /-return-?(\d*)$/.exec(transferId)?.[1];
        if (attempt === undefined) return treasury.transfer(request);
        ids.push(transferId);
        if (Number(attempt) > 2) return treasury.transfer(request);
        return { transferId, venueId: '1', status: 'failed', asset, amount };
      },
    });
    const userId = await stack.holder('1000');
    // Less than the network takes.
    const { id } = await approved(stack, await stack.request(userId, '1'));
    t.regex((await stack.stands(id, 'failed')).error ?? '', /refused/);
    t.deepEqual(ids, [`${id}-return-1`, `${id}-return-2`, `${id}-return-3`]);
    t.like(await readPortfolio(knex, userId), { units: '1000', locked: '0', reserved: '0' });
    t.is(mainOf(stack), '1000');
    await sound(t, stack);
  },
);

test.serial('P3: a failure at any step of a withdrawal pays it once', async (t) => {
  const failed = new Map<string, WithdrawalStep>();
  const stack = await startWithdrawals(t, {
    timing: { patience: 300, sendWithin: 2_000 },
    step(step, id) {
      if (failed.get(id) !== step) return;
      failed.delete(id);
      throw new Error(`the worker ends at ${step}`);
    },
  });
  const userId = await stack.holder('1000');
  const steps = WITHDRAWAL_STEPS.filter((step) => !/^(close|ask|return)/.test(step));
  const requests = await Promise.all(
    steps.map(async (step) => {
      const request = await stack.request(userId, '10');
      failed.set(request.id, step);
      return approved(stack, request);
    }),
  );
  const inDoubt = requests[steps.indexOf('send:intended')]!;
  await stack.stands(inDoubt.id, 'manual_review');
  await resolved(stack, inDoubt.id, 'retry');
  for (const [at, { id }] of requests.entries()) {
    await stack.paid(id);
    t.deepEqual(stack.effects(id), { staged: 1, withdrawals: 1 }, steps[at]);
  }
  t.is(failed.size, 0);
  await sound(t, stack);
});

test.serial('P3: a failure at any step of a refund gives back once', async (t) => {
  const failed = new Map<string, WithdrawalStep>();
  const stack = await startWithdrawals(t, {
    step(step, id) {
      if (failed.get(id) !== step) return;
      failed.delete(id);
      throw new Error(`the worker ends at ${step}`);
    },
  });
  const userId = await stack.holder('1000');
  const steps = WITHDRAWAL_STEPS.filter((step) => step.startsWith('return'));
  const requests = await Promise.all(
    steps.map(async (step) => {
      const request = await stack.request(userId, '1');
      failed.set(request.id, step);
      return approved(stack, request);
    }),
  );
  for (const { id } of requests) await stack.stands(id, 'failed');
  t.is(failed.size, 0);
  t.like(await readPortfolio(stack.knex, userId), { units: '1000', locked: '0', reserved: '0' });
  t.is(mainOf(stack), '1000');
  await sound(t, stack);
});

async function approved(stack: WithdrawalStack, request: WithdrawalRequest): Promise<WithdrawalRequest> {
  await stack.approve(request);
  return request;
}

function handleOf({ temporal }: WithdrawalStack, id: string) {
  return temporal.client.workflow.getHandle(`withdrawal/${id}`);
}

function resolve(stack: WithdrawalStack, id: string, outcome: Resolution, by: string) {
  return stack.command(id, { name: 'resolve', commandId: randomUUID(), by, outcome });
}

/** Once it cannot turn up by itself any more. */
async function resolved(stack: WithdrawalStack, id: string, outcome: Resolution): Promise<void> {
  const { send_before } = await stack.row(id);
  const wait = send_before!.getTime() + stack.deps.timing.acceptance - Date.now();
  await new Promise((resolveWait) => {
    setTimeout(resolveWait, Math.max(0, wait));
  });
  await resolve(stack, id, outcome, await stack.admin());
}

function mainOf({ exchange: { engine } }: WithdrawalStack): string {
  return balance(engine, 'fund', 'USDC').free;
}

/** The ledger agrees with itself, and with the exchange. */
async function sound(t: ExecutionContext, stack: WithdrawalStack): Promise<void> {
  t.deepEqual(await checkLedger(stack.knex), []);
  t.is(await accountBalance(stack.knex, { account: 'main', asset: 'USDC' }), mainOf(stack));
}
